"""An LSTM whose h is made smaller by a further layer, which ONNX's operator does not know: one time step, in a loop.

Source: pytorch.org, LSTM, argument proj_size.
"""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.over_time import States, over_time, zeros
from compiler.onnx.kinds.recurrent_cells import memory_after
from compiler.program import Step


def projected_lstm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write a loop for each layer and direction."""
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
        readings: list[str] = []
        for suffix in suffixes:
            before = (starts[0][len(lasts)], starts[1][len(lasts)])
            every, last = _read(emitter, step, tensor, f"_l{layer}{suffix}", before)
            readings.append(every)
            lasts.append(last)
        is_last = layer == values["num_layers"] - 1
        tensor = emitter.add("Concat", readings, step, what if is_last else f"layer {layer}/h", axis=2)
    states = (_joined(emitter, step, [last[number] for last in lasts], f"last {number}") for number in (0, 1))
    return [tensor, *states]


def _read(
    emitter: Emitter, step: Step, tensor: str, suffix: str, before: tuple[str, str]
) -> tuple[str, tuple[str, str]]:
    """Read a sequence, (batch, time, features), in one direction; return each h in the order of time, and the last h
    and c."""
    names = {name: f"{step.node.id}.{name}{suffix}" for name in ("weight_ih", "weight_hh", "weight_hr")}
    w, u, r = (emitter.constant(name, emitter.weights[name].T) for name in names.values())
    z_of_x = emitter.add("MatMul", [tensor, w], step, f"x{suffix}")
    if step.node.parameters["bias"]:
        bias = emitter.weights[f"{step.owner}.bias_ih{suffix}"] + emitter.weights[f"{step.owner}.bias_hh{suffix}"]
        z_of_x = emitter.add("Add", [z_of_x, emitter.weight(step, f"bias{suffix}", bias)], step, f"x{suffix}/bias")
    part = f"step{suffix}"

    def one_step(states: States, now: str) -> tuple[States, str]:
        of_h = emitter.add("MatMul", [states["h"], u], step, f"{part}/Uh")
        z = emitter.add("Add", [now, of_h], step, f"{part}/z")
        c, show = memory_after(emitter, step, z, states["c"], part)
        wide = emitter.add("Mul", [show, emitter.add("Tanh", [c], step, f"{part}/shown")], step, f"{part}/wide")
        h = emitter.add("MatMul", [wide, r], step, f"{part}/h")
        return {"h": h, "c": c}, emitter.add("Identity", [h], step, f"{part}/given")

    widths = {"h": int(step.node.parameters["proj_size"]), "c": int(step.node.parameters["hidden_size"])}
    starts = {
        name: given or zeros(emitter, step, tensor, f"{part}/{name}", width)
        for given, (name, width) in zip(before, widths.items(), strict=True)
    }
    every, last = over_time(emitter, step, z_of_x, starts, one_step, f"{part}/", suffix.endswith("_reverse"))
    return every, (last["h"], last["c"])


def _parts(emitter: Emitter, step: Step, tensor: str, name: str, count: int, size: int) -> list[str]:
    if not tensor or count == 1:
        return [tensor] * count
    sizes = emitter.constant(f"{step.node.name}/{name}/sizes", numpy.full(count, size, numpy.int64))
    return emitter.add_several("Split", [tensor, sizes], step, [f"{name}/{part}" for part in range(count)], axis=1)


def _joined(emitter: Emitter, step: Step, parts: list[str], name: str) -> str:
    return parts[0] if len(parts) == 1 else emitter.add("Concat", parts, step, name, axis=1)
