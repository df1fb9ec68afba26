"""Unpooling as ONNX writes it."""

from __future__ import annotations

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.lengths import Size, counted, reshaped, shape_of, sizes_of
from compiler.program import Step


def unpool(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Values scattered into zeros, map by map."""
    values, places = (
        reshaped(emitter, step, tensor, label, 0, 0, -1)
        for tensor, label in zip(inputs, ("values", "places"), strict=True)
    )
    sides = shape_of(emitter, step, "sides", *_sides(emitter, step, inputs[0]))
    size = emitter.add("ReduceProd", [sides], step, "map size", keepdims=1)
    maps = sizes_of(emitter, step, values, "maps", 0, 2)
    empty = emitter.add("ConstantOfShape", [shape_of(emitter, step, "empty/shape", maps, size)], step, "empty")
    scattered = emitter.add("ScatterElements", [empty, places, values], step, "scattered", axis=2)
    return reshaped(emitter, step, scattered, what, 0, 0, sides)


def _sides(emitter: Emitter, step: Step, tensor: str) -> list[Size]:
    """The sides of the result: as given, or (size − 1) · stride + kernel − 2 · padding."""
    values, axes = step.node.parameters, len(step.input_shapes[0]) - 2
    if values["output_size"] is not None:
        return list(sizes(values["output_size"], axes))
    kernel, padding = sizes(values["kernel_size"], axes), sizes(values["padding"], axes)
    stride = kernel if values["stride"] is None else sizes(values["stride"], axes)
    given = sizes_of(emitter, step, tensor, "pooled sides", 2)
    steps = counted(emitter, step, "Mul", given, stride, "steps")
    more = [field - 2 * pad - apart for field, pad, apart in zip(kernel, padding, stride, strict=True)]
    return [counted(emitter, step, "Add", steps, more, "reached")]
