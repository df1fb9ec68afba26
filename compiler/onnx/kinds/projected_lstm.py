"""An LSTM whose h is made smaller by a further layer, which ONNX's operator does not know: written step by step.

Source: pytorch.org, LSTM, argument proj_size.
"""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.recurrent_cells import memory_after
from compiler.onnx.kinds.time_steps import laid_along_time, numbers_at
from compiler.program import Step


def projected_lstm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write each time step of each layer and direction."""
    values = step.node.parameters
    suffixes = ("", "_reverse") if values["bidirectional"] else ("",)
    count = int(values["num_layers"]) * len(suffixes)
    sizes = (int(values["proj_size"]), int(values["hidden_size"]))
    starts = [
        _parts(emitter, step, tensor, f"start {number}", count, size)
        for number, (tensor, size) in enumerate(zip(inputs[1:], sizes, strict=True))
    ]
    tensor = inputs[0]
    lasts: list[tuple[str, str]] = []
    for layer in range(int(values["num_layers"])):
        readings: list[list[str]] = []
        for suffix in suffixes:
            before = (starts[0][len(lasts)], starts[1][len(lasts)])
            every, last = _read(emitter, step, tensor, f"_l{layer}{suffix}", before)
            readings.append(every)
            lasts.append(last)
        is_last = layer == values["num_layers"] - 1
        tensor = _sequence(emitter, step, readings, f"layer {layer}", what if is_last else f"layer {layer}/h")
    states = (_joined(emitter, step, [last[number] for last in lasts], f"last {number}") for number in (0, 1))
    return [tensor, *states]


def _read(
    emitter: Emitter, step: Step, tensor: str, suffix: str, before: tuple[str, str]
) -> tuple[list[str], tuple[str, str]]:
    """Read a sequence, (batch, time, features), in one direction; return each h in the order of time, and the last h
    and c."""
    time = int(step.input_shapes[0][1])
    names = {name: f"{step.node.id}.{name}{suffix}" for name in ("weight_ih", "weight_hh", "weight_hr")}
    w, u, r = (emitter.constant(name, emitter.weights[name].T) for name in names.values())
    z_of_x = emitter.add("MatMul", [tensor, w], step, f"x{suffix}")
    if step.node.parameters["bias"]:
        bias = emitter.weights[f"{step.owner}.bias_ih{suffix}"] + emitter.weights[f"{step.owner}.bias_hh{suffix}"]
        z_of_x = emitter.add("Add", [z_of_x, emitter.weight(step, f"bias{suffix}", bias)], step, f"x{suffix}/bias")
    h, c = before
    found: dict[int, str] = {}
    for now in range(time)[::-1] if suffix.endswith("_reverse") else range(time):
        name = f"step {now}{suffix}"
        z = numbers_at(emitter, step, z_of_x, now, f"{name}/x")
        if h:
            z = emitter.add("Add", [z, emitter.add("MatMul", [h, u], step, f"{name}/Uh")], step, f"{name}/z")
        c, show = memory_after(emitter, step, z, c, name)
        shown = emitter.add("Tanh", [c], step, f"{name}/shown")
        h = emitter.add("MatMul", [emitter.add("Mul", [show, shown], step, f"{name}/wide"), r], step, f"{name}/h")
        found[now] = h
    return [found[now] for now in range(time)], (h, c)


def _sequence(emitter: Emitter, step: Step, readings: list[list[str]], name: str, what: str | None) -> str:
    """Lay each direction's h, (batch, size), side by side along time; then the directions side by side."""
    if len(readings) == 1:
        return laid_along_time(emitter, step, readings[0], name, what)
    both = [
        laid_along_time(emitter, step, every, f"{name}/{direction}", f"{name}/{direction}")
        for direction, every in enumerate(readings)
    ]
    return emitter.add("Concat", both, step, what, axis=2)


def _parts(emitter: Emitter, step: Step, tensor: str, name: str, count: int, size: int) -> list[str]:
    if not tensor or count == 1:
        return [tensor] * count
    sizes = emitter.constant(f"{step.node.name}/{name}/sizes", numpy.full(count, size, numpy.int64))
    return emitter.add_several("Split", [tensor, sizes], step, [f"{name}/{part}" for part in range(count)], axis=1)


def _joined(emitter: Emitter, step: Step, parts: list[str], name: str) -> str:
    return parts[0] if len(parts) == 1 else emitter.add("Concat", parts, step, name, axis=1)
