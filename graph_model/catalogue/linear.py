"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, Needs, Port, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Pairs

PRUNED = TorchCall(
    "compiler.modules.pruned.PrunedLinear",
    arguments=("out_features", "bias", "pruned"),
    inferred={"in_features": "last"},
)


class Linear(Kind):
    """A fully connected layer: every neuron sees every input.

    Takes (batch, in_features), or (batch, time, in_features) applied at every time step, and gives
    out_features numbers in their place. in_features is found from what is wired to it.
    """

    family = "Linear"
    formula = "a = σ(x Wᵀ + b)"
    learnable = True
    out_features = Integer(default=32, minimum=1, meaning="Number of neurons in the layer.")
    bias = Boolean(default=True, meaning="Whether each neuron adds a learned bias b.")
    activation = shared.activation(softmax=True)
    weight_init = shared.weight_initialisation()
    weight_init_std = shared.weight_standard_deviation()
    weight_init_value = shared.weight_value()
    trainable = shared.trainable()
    pruned = Pairs(
        default=None,
        optional=True,
        meaning="Connections that are not there, as pairs of a neuron and an input, counted from 0.",
    )
    torch = TorchCall("torch.nn.Linear", arguments=("out_features", "bias"), inferred={"in_features": "last"})
    onnx = OnnxOperator("Gemm", weights=("weight", "bias"), fixed={"transB": 1})
    needs = Needs(ranks=(2, 3), words="a vector for each sample: (batch, features)", fix_by_flattening=True)

    def call(self, parameters: Mapping[str, Any]) -> TorchCall:
        """A layer with connections missing is a module of our own; torch.nn has none."""
        return PRUNED if parameters["pruned"] else self.torch

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["out_features"])


class Bilinear(Kind):
    """Multiplies two inputs with each other: every output weighs every product of one number of each.

    Takes (batch, in1_features) and (batch, in2_features), or both with a time axis between, and gives out_features
    numbers. Both sizes are found from what is wired to it.
    """

    family = "Linear"
    formula = "aₖ = σ(x₁ᵀ Wₖ x₂ + bₖ)"
    learnable = True
    inputs = (Port("input1", meaning="The first factor x₁."), Port("input2", meaning="The second factor x₂."))
    out_features = Integer(default=32, minimum=1, meaning="Number of numbers that it gives.")
    bias = Boolean(default=True, meaning="Whether each output adds a learned bias b.")
    activation = shared.activation()
    trainable = shared.trainable()
    torch = TorchCall(
        "torch.nn.Bilinear",
        arguments=("out_features", "bias"),
        inferred={"in1_features": "last", "in2_features": "last:1"},
    )
    onnx = OnnxOperator(emitter="linear.bilinear")
    needs = Needs(
        ranks=(2, 3),
        words="a vector for each sample: (batch, features)",
        fix_by_flattening=True,
        refusal="two inputs that differ in their last axis only",
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["out_features"])


class Identity(Kind):
    """Hands on what arrives as it is: a place to look at a value, or to keep a branch free for later.

    Several neurons that are wired to it leave it as one vector, in the order of connecting.
    """

    family = "Linear"
    formula = "a = x"
    torch = TorchCall("torch.nn.Identity")
    onnx = OnnxOperator("Identity")
