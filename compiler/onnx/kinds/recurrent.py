"""Recurrent layers as ONNX writes them: time comes first, and their gates stand in an order of their own.

Source: onnx.ai, operators RNN, GRU and LSTM (version 14): gates z, r, h and i, o, f, c; biases Wb and Rb side by side;
Y (time, directions, batch, hidden), Y_h and Y_c (directions, batch, hidden). Their attribute `layout`, which would put
the batch first, onnxruntime does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.projected_lstm import projected_lstm
from compiler.program import Step

ONNX_GATES = (0, 3, 1, 2)
"""Where in torch's order of an LSTM (input, forget, cell, output) ONNX's gates are: input, output, forget, cell."""
TORCH_GATES = (0, 2, 3, 1)
"""Where in ONNX's order torch's gates are."""
GRU_GATES = (1, 0, 2)
"""Where in torch's order of a GRU (reset, update, new) ONNX's gates are, and the other way round."""
TIME_FIRST = (1, 0, 2)


@dataclass(frozen=True)
class Operator:
    """A recurrent operator: its name, its gates' places in torch's order, and how many states it keeps."""

    name: str
    gates: tuple[int, ...]
    states: int = 1


def rnn(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write an RNN."""
    function = {"tanh": "Tanh", "relu": "Relu"}[step.node.parameters["nonlinearity"]]
    directions = 2 if step.node.parameters["bidirectional"] else 1
    return _emit(emitter, step, inputs, what, Operator("RNN", (0,)), activations=[function] * directions)


def gru(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write a GRU; in torch's the reset gate comes after the hidden state's weights."""
    return _emit(emitter, step, inputs, what, Operator("GRU", GRU_GATES), linear_before_reset=1)


def lstm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write an LSTM."""
    if step.node.parameters["proj_size"]:
        return projected_lstm(emitter, step, inputs, what)
    return _emit(emitter, step, inputs, what, Operator("LSTM", ONNX_GATES, states=2))


def _emit(
    emitter: Emitter, step: Step, inputs: list[str], what: str | None, operator: Operator, **attributes: Any
) -> list[str]:
    layers = [_weights(emitter, step, layer, operator) for layer in range(step.node.parameters["num_layers"])]
    return emit_layers(emitter, step, inputs, what, operator, layers, **attributes)


def emit_layers(
    emitter: Emitter,
    step: Step,
    inputs: list[str],
    what: str | None,
    operator: Operator,
    layers: list[list[str]],
    peepholes: str = "",
    **attributes: Any,
) -> list[str]:
    """Write one operator for each layer, with its directions' results side by side, and the states that are used.

    `layers`: of each layer the tensors W, R and, if there are any, B.
    """
    values = step.node.parameters
    directions, hidden = 2 if values["bidirectional"] else 1, int(values["hidden_size"])
    tensor = emitter.add("Transpose", inputs[:1], step, "time first", perm=TIME_FIRST)
    starts = [_initial(emitter, step, start, number, len(layers)) for number, start in enumerate(inputs[1:])]
    used = {wire.output for wire in emitter.program.graph.outgoing(step.node)}
    lasts: list[list[str]] = [[] for _ in range(operator.states)]
    for layer, weights in enumerate(layers):
        given = weights
        if any(inputs[1:]) or peepholes:
            given = [*weights, *[""] * (4 - len(weights)), *(start[layer] for start in starts)]
            given += [peepholes] if peepholes else []
        states = [f"layer {layer}/last {number}" if number + 1 in used else "" for number in range(operator.states)]
        every, *last = emitter.add_several(
            operator.name,
            [tensor, *given],
            step,
            [f"layer {layer}", *states],
            hidden_size=hidden,
            direction="bidirectional" if directions == 2 else "forward",
            **attributes,
        )
        for kept, one in zip(lasts, last, strict=True):
            kept.append(one)
        tensor = join_directions(emitter, step, every, layer, directions * hidden)
    output = emitter.add("Transpose", [tensor], step, what, perm=TIME_FIRST)
    return [output, *(_side_by_side(emitter, step, kept, number) for number, kept in enumerate(lasts))]


def join_directions(emitter: Emitter, step: Step, every: str, layer: int, width: int) -> str:
    """Return an operator's Y, (time, directions, batch, hidden), as (time, batch, directions · hidden)."""
    together = emitter.add("Transpose", [every], step, f"layer {layer}/by time", perm=(0, 2, 1, 3))
    shape = emitter.constant(f"{step.node.name}/layer {layer}/shape", numpy.array([0, -1, width], numpy.int64))
    return emitter.add("Reshape", [together, shape], step, f"layer {layer}/h")


def _weights(emitter: Emitter, step: Step, layer: int, operator: Operator) -> list[str]:
    suffixes = [f"_l{layer}", f"_l{layer}_reverse"] if step.node.parameters["bidirectional"] else [f"_l{layer}"]

    def stacked(parameter: str) -> Array:
        parts = [emitter.weights[f"{step.owner}.{parameter}{suffix}"] for suffix in suffixes]
        return numpy.stack([reordered(part, operator.gates) for part in parts])

    given = [emitter.weight(step, f"{name}{suffixes[0]}", stacked(name)) for name in ("weight_ih", "weight_hh")]
    if step.node.parameters["bias"]:
        biases = numpy.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)
        given.append(emitter.weight(step, f"bias{suffixes[0]}", biases))
    return given


def _initial(emitter: Emitter, step: Step, tensor: str, number: int, layers: int) -> Sequence[str]:
    """Return what each layer starts with, (directions, batch, hidden), out of (batch, layers · directions · hidden)."""
    values = step.node.parameters
    directions = 2 if values["bidirectional"] else 1
    if not tensor:
        return [""] * layers
    sizes = numpy.array([0, layers * directions, int(values["hidden_size"])], numpy.int64)
    shape = emitter.constant(f"{step.node.name}/start {number}/shape", sizes)
    divided = emitter.add("Reshape", [tensor, shape], step, f"start {number}/divided")
    start = emitter.add("Transpose", [divided], step, f"start {number}", perm=TIME_FIRST)
    if layers == 1:
        return [start]
    parts = emitter.constant(f"{step.node.name}/start {number}/parts", numpy.full(layers, directions, numpy.int64))
    whats = [f"start {number}/layer {layer}" for layer in range(layers)]
    return emitter.add_several("Split", [start, parts], step, whats, axis=0)


def _side_by_side(emitter: Emitter, step: Step, lasts: list[str], number: int) -> str:
    """Return the states of all layers, (directions, batch, hidden) each, as (batch, layers · directions · hidden)."""
    if not lasts[0]:
        return ""
    name = f"last {number}"
    together = lasts[0] if len(lasts) == 1 else emitter.add("Concat", lasts, step, f"{name}/all", axis=0)
    turned = emitter.add("Transpose", [together], step, f"{name}/batch first", perm=TIME_FIRST)
    return emitter.add("Flatten", [turned], step, name, axis=1)


def reordered(array: Array, gates: tuple[int, ...]) -> Array:
    """Return an array whose first axis has the rows of all gates, with the gates in another order."""
    blocks = numpy.split(array, len(gates))
    return numpy.concatenate([blocks[gate] for gate in gates])
