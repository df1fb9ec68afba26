"""Recurrent layers: one function is used again and again, time step after time step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from graph_model.agreement import size_objection
from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import CAME, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice, Integer, Real

SEQUENCES = "a sequence for each sample: (batch, time, features)"
GATED = (
    "Cho et al., Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation (2014)"
)
REMEMBERING = (
    "Hochreiter, Schmidhuber, Long Short-Term Memory (1997), and with its forget gate Gers, Schmidhuber, Cummins, "
    "Learning to Forget: Continual Prediction with LSTM (2000)"
)
STATES = Needs(ranks=(2,), words="one vector for each sample: (batch, numbers of the state)", sequence=True)
SEQUENCE = Port("input", meaning="The sequence that is read, (batch, time, features).")
EVERY_STEP = Port("output", meaning="h at every time step, of the last layer.")
INITIAL_STATE = Port("initial state", optional=True, meaning="h before the first time step; without a wire 0.")
STATE = Port("state", meaning="h after the last time step, of all layers and directions side by side.")


def readings(parameters: Mapping[str, Any]) -> int:
    """How many states there are side by side: one for each layer and direction."""
    return int(parameters.get("num_layers", 1)) * (2 if parameters["bidirectional"] else 1)


class Recurrent(Kind):
    """A recurrent layer of torch.nn, with its states as ports."""

    family = "Recurrent"
    learnable = True
    steps_through_time = True
    inputs: ClassVar[tuple[Port, ...]] = (SEQUENCE, INITIAL_STATE)
    outputs: ClassVar[tuple[Port, ...]] = (EVERY_STEP, STATE)
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True, ports={"initial state": STATES})
    hidden_size = Integer(default=32, minimum=1, meaning="Size of the state h of each layer and direction.")
    num_layers = Integer(default=1, minimum=1, maximum=64, meaning="Layers, each reading what the one before gives.")
    bias = Boolean(default=True, meaning="Whether learned biases are added, one with x and one with h⁻.")
    bidirectional = Boolean(default=False, meaning="Whether it also reads backwards, from the last time step.")
    dropout = Real(
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        meaning="How likely a number between two layers is set to 0 while training; a single layer has no use for it.",
    )
    trainable = shared.trainable()

    def summary(self, parameters: Mapping[str, Any]) -> str:
        layers = "" if parameters["num_layers"] == 1 else f"{parameters['num_layers']} × "
        return f"{layers}{parameters['hidden_size']}{' ⇄' if parameters['bidirectional'] else ''}"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """All layers and directions have a state each, and these come side by side."""
        size = parameters.get("proj_size") or parameters["hidden_size"]
        return size_objection(shapes, 1, readings(parameters) * size)


class RNN(Recurrent):
    """Reads a sequence step by step: its state is a layer on the input and on the state before.

    Takes (batch, time, features) and gives the state of every time step, (batch, time, hidden_size), or twice as
    many numbers if it reads in both directions; at its second port the state after the last step, (batch,
    num_layers · directions · hidden_size). A second input sets the state before the first step, e.g. for a decoder
    that goes on where an encoder ended.

    This is the naive RNN: on its way back through time the gradient is multiplied by the same weights at every
    step, so that it vanishes or explodes; LSTM and GRU were made for that.
    """

    also_called = ("recurrent", "elman", "simple rnn")
    formula = "h = σ(Wⁱx + Wʰh⁻ + b)"
    source = "Elman, Finding Structure in Time (1990); Hung-yi Lee, Network Structure"
    nonlinearity = Choice(default="tanh", choices=("tanh", "relu"), meaning="The function σ that gives the state.")
    torch = TorchCall(
        "compiler.modules.recurrent.RNNWithState",
        arguments=("hidden_size", "num_layers", "nonlinearity", "bias", "dropout", "bidirectional"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="recurrent.rnn")


class GRU(Recurrent):
    """Reads a sequence step by step: two gates say how much of its state it uses, and how much it renews.

    Takes (batch, time, features) and gives the state of every time step, (batch, time, hidden_size), or twice as
    many numbers if it reads in both directions; at its second port the state after the last step, (batch,
    num_layers · directions · hidden_size).

    The reset gate r decides what of h⁻ enters the new content h̃, the update gate z how much of h⁻ stays: what is
    kept is not forgotten and what is new is let in by one gate, as in an LSTM with coupled gates, and without a
    memory of its own beside h. A second input sets the state before the first step.

    As PyTorch has it, r multiplies what U has made of h⁻; in the paper U comes after: U(r⊙h⁻).
    """

    also_called = ("gated recurrent unit", "recurrent")
    formula = "h = z⊙h⁻ + (1−z)⊙h̃,  h̃ = tanh(Wx + r⊙Uh⁻)"
    source = GATED
    torch = TorchCall(
        "compiler.modules.recurrent.GRUWithState",
        arguments=("hidden_size", "num_layers", "bias", "dropout", "bidirectional"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="recurrent.gru")


class LSTM(Recurrent):
    """Reads a sequence step by step and remembers: gates decide what its memory takes in and keeps.

    Takes (batch, time, features) and gives h of every time step, (batch, time, hidden_size), or twice as many
    numbers if it reads in both directions.

    The cell gate z (tanh) is what could be remembered; the input gate zⁱ lets it in, the forget gate zᶠ keeps what
    was there, the output gate zᵒ shows it: c = zᶠ⊙c⁻ + zⁱ⊙z and h = zᵒ⊙tanh(c), where each gate is a fully
    connected layer on x and on h⁻, the h of the step before. Both start at 0, or with what is wired to the further
    inputs; h and c after the last step leave at the further outputs, (batch, num_layers · directions · hidden_size)
    each.

    What is remembered is only added to and forgotten from, never multiplied by a weight, so that its gradient
    survives many time steps. The weights are the same at every time step: ∂l/∂w is a sum over time.
    """

    also_called = ("long short-term memory", "recurrent", "memory cell")
    formula = "c = zᶠ⊙c⁻ + zⁱ⊙z,  h = zᵒ⊙tanh(c)"
    source = f"{REMEMBERING}; Hung-yi Lee, Network Structure"
    inputs = (
        SEQUENCE,
        INITIAL_STATE,
        Port("initial memory", optional=True, meaning="c before the first time step; without a wire 0."),
    )
    outputs = (
        EVERY_STEP,
        STATE,
        Port("memory", meaning="c after the last time step, of all layers and directions side by side."),
    )
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True, ports={"initial state": STATES, "initial memory": STATES})
    hidden_size = Integer(default=32, minimum=1, meaning="Number of memory cells in each layer and direction.")
    forget_bias = Real(
        default=None,
        optional=True,
        meaning="What the forget gates' bias starts with; with 1 or more, they remember from the beginning on "
        "(Jozefowicz et al., 2015). Empty: PyTorch's own start.",
        relevant_if=("bias", (True,)),
    )
    proj_size = Integer(
        default=0,
        minimum=0,
        meaning="Size of h if a further layer without bias makes it smaller than the memory (Sak et al., 2014); 0 for "
        "no such layer.",
    )
    torch = TorchCall(
        "compiler.modules.recurrent.LSTMWithState",
        arguments=("hidden_size", "num_layers", "bias", "dropout", "bidirectional", "proj_size", "forget_bias"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="recurrent.lstm")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """The memory keeps its size where h is made smaller."""
        hidden, small = parameters["hidden_size"], parameters["proj_size"]
        if small >= hidden:
            words = f"receives {CAME}, but needs a proj_size below its hidden_size {hidden}, not {small}"
            return Objection(words, {"proj_size": 0})
        return super().objection(parameters, shapes) or size_objection(shapes, 2, readings(parameters) * hidden)
