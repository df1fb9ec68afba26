"""LSTMs with other gates than the usual ones, and in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import size_objection
from graph_model.catalogue import recurrent
from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice, Integer, Real

GATES = ("all", "coupled", "no input gate", "no forget gate", "no output gate")


class LSTMVariant(Kind):
    """An LSTM with peepholes, with coupled input and forget gates, or without one of its gates.

    Takes and gives what LSTM does, (batch, time, features) and (batch, time, hidden_size), in one layer.

    With peepholes each gate also sees its own memory cell, through one weight p for each cell, a diagonal matrix:
    input and forget gate the memory before, the output gate the memory after this time step. Coupled: the forget
    gate is zᶠ = 1 − zⁱ, so that the memory lets go of as much as it takes in, with a quarter fewer weights. A gate
    that is left out is always open, 1.

    Compare the variants on a problem of your own; in the experiments of Jozefowicz et al. the forget gate is missed
    most, then the input gate, the output gate least. With all gates and no peepholes it is an LSTM.
    """

    also_called = ("peephole lstm", "coupled gates", "no forget gate")
    family = "Recurrent"
    formula = "zⁱ = σ(W[x, h⁻] + p⊙c⁻),  c = zᶠ⊙c⁻ + zⁱ⊙z,  h = zᵒ⊙tanh(c)"
    source = (
        "Gers, Schmidhuber, Recurrent Nets that Time and Count (2000); Greff et al., LSTM: A Search Space Odyssey "
        "(2015); Jozefowicz et al., An Empirical Exploration of Recurrent Network Architectures (2015); Hung-yi Lee, "
        "Network Structure"
    )
    learnable = True
    steps_through_time = True
    inputs = recurrent.LSTM.inputs
    outputs = recurrent.LSTM.outputs
    needs = recurrent.LSTM.needs
    hidden_size = Integer(default=32, minimum=1, meaning="Number of memory cells in each direction.")
    gates = Choice(
        default="all",
        choices=GATES,
        meaning="Which gates there are. coupled: what is taken in is forgotten elsewhere, zᶠ = 1 − zⁱ.",
    )
    peepholes = Boolean(default=True, meaning="Whether each gate also sees its own memory cell, through a weight.")
    bias = Boolean(default=True, meaning="Whether learned biases are added, one with x and one with h⁻.")
    bidirectional = Boolean(default=False, meaning="Whether it also reads backwards, from the last time step.")
    forget_bias = Real(
        default=None,
        optional=True,
        meaning="What the forget gates' bias starts with; with 1 or more, they remember from the beginning on. "
        "Empty: random, as the other weights.",
        relevant_if=("gates", ("all", "no input gate", "no output gate")),
    )
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.lstm_variants.LSTMVariant",
        arguments=("hidden_size", "bias", "bidirectional", "gates", "peepholes", "forget_bias"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="lstm_variants.lstm_variant")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        gates = "" if parameters["gates"] == "all" else f" {parameters['gates']}"
        return f"{parameters['hidden_size']}{' ⇄' if parameters['bidirectional'] else ''}{gates}"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        size = recurrent.readings(parameters) * parameters["hidden_size"]
        return size_objection(shapes, 1, size) or size_objection(shapes, 2, size)


class GridLSTM(Kind):
    """LSTM blocks in a grid: the memory flows along time and, from layer to layer, along the depth too.

    Takes (batch, time, features) and gives h of the uppermost layer at every time step, (batch, time, hidden_size),
    or twice as many numbers if it reads in both directions.

    At each time step and in each layer a block receives h and m along time and h and m along depth; two LSTMs, each
    with a memory of its own, read both h and pass on one h and one m along time and one along depth. As an LSTM
    keeps its gradient through many time steps, this one keeps it through many layers too.
    """

    also_called = ("grid lstm", "2-d lstm")
    family = "Recurrent"
    formula = "m′ = zᶠ⊙m + zⁱ⊙z,  h′ = tanh(zᵒ⊙m′), along time and along depth"
    source = "Kalchbrenner, Danihelka, Graves, Grid Long Short-Term Memory (2015); Hung-yi Lee, Network Structure"
    learnable = True
    steps_through_time = True
    needs = Needs(ranks=(3,), words=recurrent.SEQUENCES, sequence=True)
    hidden_size = Integer(default=32, minimum=1, meaning="Number of memory cells of each block in each dimension.")
    num_layers = Integer(default=2, minimum=1, maximum=64, meaning="Blocks along the depth.")
    share_weights = Boolean(default=False, meaning="Whether all layers have the same weights, as all time steps have.")
    bidirectional = Boolean(default=False, meaning="Whether it also reads backwards, from the last time step.")
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.grid_lstm.GridLSTM",
        arguments=("hidden_size", "num_layers", "bidirectional", "share_weights"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="grid_lstm.grid_lstm")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['num_layers']} × {parameters['hidden_size']}{' ⇄' if parameters['bidirectional'] else ''}"
