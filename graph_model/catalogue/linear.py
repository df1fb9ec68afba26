"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.joining import agree_beside, disagreement
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import CAME, Insertion, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Pairs

VECTORS = "a vector for each sample: (batch, features)"
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

    also_called = ("dense", "fully connected", "fc", "affine", "inner product", "gemm")
    family = "Linear"
    formula = "a = σ(x Wᵀ + b)"
    source = "Hung-yi Lee, Deep Learning, lecture 1"
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
    needs = Needs(ranks=(2, 3), words=VECTORS)

    def call(self, parameters: Mapping[str, Any]) -> TorchCall:
        """A layer with connections missing is a module of our own; torch.nn has none."""
        return PRUNED if parameters["pruned"] else self.torch

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """Connections that are missing must be among those that there would be."""
        size = int((shapes[0] or ())[-1])
        pruned = parameters["pruned"] or ()
        if all(neuron < parameters["out_features"] and source < size for neuron, source in pruned):
            return None
        words = f"receives {CAME}, but lists missing connections to neurons or inputs that it does not have"
        return Objection(words, {"pruned": None}, label="Connect every neuron to every input")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["out_features"])


class Bilinear(Kind):
    """Multiplies two inputs with each other: every output weighs every product of one number of each.

    Takes (batch, in1_features) and (batch, in2_features), or both with a time axis between, and gives out_features
    numbers. Both sizes are found from what is wired to it.
    """

    also_called = ("tensor product",)
    family = "Linear"
    formula = "aₖ = σ(x₁ᵀ Wₖ x₂ + bₖ)"
    source = "Tenenbaum, Freeman, Separating Style and Content with Bilinear Models (2000)"
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
    needs = Needs(ranks=(2, 3), words=VECTORS)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """One number of each input is multiplied, at every time step."""
        words = f"receives {CAME}, but needs two inputs that differ in their last axis only"
        first, second = shapes
        if first is None or second is None or len(first) == len(second):
            return disagreement(shapes, words, agree_beside(-1))
        return Objection(words, insertion=Insertion(0 if len(first) > len(second) else 1, "LastStep"))

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["out_features"])


class Identity(Kind):
    """Hands on what arrives as it is: a place to look at a value, or to keep a branch free for later.

    Takes and gives (batch, …). Several neurons that are wired to it leave it as one vector, in the order of
    connecting.
    """

    also_called = ("pass through", "no operation", "skip")
    family = "Linear"
    formula = "a = x"
    torch = TorchCall("torch.nn.Identity")
    onnx = OnnxOperator("Identity")
