"""Recurrent layers: one function is used again and again, time step after time step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, Needs, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Real

SEQUENCES = "a sequence for each sample: (batch, time, features)"


class LSTM(Kind):
    """Reads a sequence step by step and remembers: at each time step gates decide what its memory cells take in.

    Takes (batch, time, features) and gives h of every time step, (batch, time, hidden_size), or twice as many numbers
    if it reads in both directions. The cell gate z (tanh) is what could be remembered; the input gate zⁱ lets it in,
    the forget gate zᶠ keeps what was there, the output gate zᵒ shows it: c = zᶠ⊙c⁻ + zⁱ⊙z and h = zᵒ⊙tanh(c), where
    each gate is a fully connected layer on x and on h⁻, the h of the step before. Both start at 0. What is remembered
    is only added to and forgotten from, never multiplied by a weight, so that its gradient survives many time steps.
    The weights are the same at every time step: ∂l/∂w is a sum over time.
    """

    family = "Recurrent"
    formula = "c = zᶠ⊙c⁻ + zⁱ⊙z,  h = zᵒ⊙tanh(c)"
    source = "Hochreiter, Schmidhuber, Long Short-Term Memory (1997); Hung-yi Lee, Network Structure"
    learnable = True
    hidden_size = Integer(default=32, minimum=1, meaning="Number of memory cells in each layer and direction.")
    num_layers = Integer(default=1, minimum=1, maximum=64, meaning="Layers, each reading what the one before gives.")
    bias = Boolean(default=True, meaning="Whether each gate adds learned biases, one with x and one with h⁻.")
    bidirectional = Boolean(default=False, meaning="Whether it also reads backwards, from the last time step.")
    forget_bias = Real(
        default=None,
        optional=True,
        meaning="What the forget gates' bias starts with; with 1 or more, they remember from the beginning on. "
        "Empty: PyTorch's own start.",
        relevant_if=("bias", (True,)),
    )
    trainable = shared.trainable()
    torch = TorchCall(
        "torch.nn.LSTM",
        arguments=("hidden_size", "num_layers", "bias", "bidirectional"),
        inferred={"input_size": "last"},
        fixed={"batch_first": True},
        result=0,
    )
    onnx = OnnxOperator(emitter="recurrent.lstm")
    needs = Needs(ranks=(3,), words=SEQUENCES)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        layers = "" if parameters["num_layers"] == 1 else f"{parameters['num_layers']} × "
        return f"{layers}{parameters['hidden_size']}{' ⇄' if parameters['bidirectional'] else ''}"
