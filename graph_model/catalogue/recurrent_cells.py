"""One time step of a recurrent layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from graph_model.agreement import size_objection
from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.recurrent import GATED, REMEMBERING
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice, Integer

VECTORS = "one vector for each sample: (batch, features)"
INPUT = Port("input", meaning="x at this time step, (batch, features).")
HIDDEN = Port("hidden", optional=True, meaning="h of the time step before; without a wire 0.")


class RecurrentCell(Kind):
    """A recurrent cell of torch.nn."""

    family = "Recurrent"
    learnable = True
    inputs: ClassVar[tuple[Port, ...]] = (INPUT, HIDDEN)
    outputs: ClassVar[tuple[Port, ...]] = (Port("hidden", meaning="h after this time step."),)
    needs = Needs(ranks=(2,), words=VECTORS, sequence=True)
    hidden_size = Integer(default=32, minimum=1, meaning="Size of the state h.")
    bias = Boolean(default=True, meaning="Whether learned biases are added, one with x and one with h⁻.")
    trainable = shared.trainable()

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["hidden_size"])

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """What was before has the size of what is given."""
        found = (size_objection(shapes, at, parameters["hidden_size"]) for at in range(1, len(shapes)))
        return next((wrong for wrong in found if wrong is not None), None)


class RNNCell(RecurrentCell):
    """One time step of an RNN: a fully connected layer on the input and on the state before.

    Takes x, (batch, features), and h⁻, (batch, hidden_size), and gives h, (batch, hidden_size).
    """

    also_called = ("recurrent cell",)
    formula = "h = σ(Wⁱx + Wʰh⁻ + b)"
    source = "Elman, Finding Structure in Time (1990)"
    nonlinearity = Choice(default="tanh", choices=("tanh", "relu"), meaning="The function σ that gives the state.")
    torch = TorchCall(
        "torch.nn.RNNCell",
        arguments=("hidden_size", "bias", "nonlinearity"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="recurrent_cells.rnn_cell")


class GRUCell(RecurrentCell):
    """One time step of a GRU: two gates decide what of the state is used and what of it is renewed.

    Takes x, (batch, features), and h⁻, (batch, hidden_size), and gives h, (batch, hidden_size). See GRU.
    """

    also_called = ("gated recurrent unit cell",)
    formula = "h = z⊙h⁻ + (1−z)⊙h̃,  h̃ = tanh(Wx + r⊙Uh⁻)"
    source = GATED
    torch = TorchCall("torch.nn.GRUCell", arguments=("hidden_size", "bias"), inferred={"input_size": "last"})
    onnx = OnnxOperator(emitter="recurrent_cells.gru_cell")


class LSTMCell(RecurrentCell):
    """One time step of an LSTM: gates decide what the memory takes in, keeps and shows.

    Takes x, (batch, features), and h⁻ and c⁻, (batch, hidden_size) each, and gives h and c of the same shape. See
    LSTM.
    """

    also_called = ("memory cell",)
    formula = "c = zᶠ⊙c⁻ + zⁱ⊙z,  h = zᵒ⊙tanh(c)"
    source = REMEMBERING
    inputs = (
        INPUT,
        HIDDEN,
        Port("memory", optional=True, meaning="c of the time step before; without a wire 0."),
    )
    outputs = (Port("hidden", meaning="h after this time step."), Port("memory", meaning="c after this time step."))
    torch = TorchCall(
        "compiler.modules.recurrent.LSTMCellWithMemory",
        arguments=("hidden_size", "bias"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="recurrent_cells.lstm_cell")
