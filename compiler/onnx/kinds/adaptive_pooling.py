"""Poolings to a given size as ONNX writes them: exact for every size."""

from __future__ import annotations

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.windows import largest_of_fields
from compiler.program import Step


def mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One mean over all, or for any other size a product with a matrix of means along each axis."""
    sides, parts = _sides(step), _parts(step)
    if set(parts) == {1}:
        return emitter.add("GlobalAveragePool", inputs, step, what)
    name, tensor = step.node.name, inputs[0]
    if len(sides) == 3:
        tensor = _depth_mean(emitter, step, tensor, sides, parts)
    if len(sides) >= 2:
        rows = emitter.constant(f"{name}/rows", means(sides[-2], parts[-2]))
        tensor = emitter.add("MatMul", [rows, tensor], step, "rows_mean")
    columns = emitter.constant(f"{name}/columns", means(sides[-1], parts[-1]).T)
    return emitter.add("MatMul", [tensor, columns], step, what)


def largest(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """One maximum over all, or that of each field."""
    parts = _parts(step)
    if set(parts) == {1} and len(step.kind.outputs) == 1:
        return emitter.add("GlobalMaxPool", inputs, step, what)
    fields = [
        [range(*bounds(side, count, part)) for part in range(count)]
        for side, count in zip(_sides(step), parts, strict=True)
    ]
    return largest_of_fields(emitter, step, inputs[0], fields, what)


def _depth_mean(emitter: Emitter, step: Step, tensor: str, sides: list[int], parts: list[int]) -> str:
    """The means along the first of three axes, with the other two as one."""
    name, channels = step.node.name, int(step.input_shapes[0][1])
    flat = emitter.constant(f"{name}/flat", numpy.array([-1, channels, sides[0], sides[1] * sides[2]]))
    back = emitter.constant(f"{name}/back", numpy.array([-1, channels, parts[0], *sides[1:]]))
    layers = emitter.constant(f"{name}/layers", means(sides[0], parts[0]))
    flattened = emitter.add("Reshape", [tensor, flat], step, "flattened")
    product = emitter.add("MatMul", [layers, flattened], step, "layers_mean")
    return emitter.add("Reshape", [product, back], step, "layers_back")


def _sides(step: Step) -> list[int]:
    return [int(axis) for axis in step.input_shapes[0][2:]]


def _parts(step: Step) -> list[int]:
    return sizes(step.node.parameters["output_size"], len(step.input_shapes[0]) - 2)


def bounds(size: int, parts: int, part: int) -> tuple[int, int]:
    """Where one field of torch's adaptive pooling starts and stops: from ⌊i·size/parts⌋ to ⌈(i+1)·size/parts⌉."""
    return part * size // parts, -(-(part + 1) * size // parts)


def means(size: int, parts: int) -> Array:
    """Return the matrix (parts, size) that averages as torch's adaptive pooling does."""
    matrix = numpy.zeros((parts, size), dtype=numpy.float32)
    for part in range(parts):
        start, stop = bounds(size, parts, part)
        matrix[part, start:stop] = 1.0 / (stop - start)
    return matrix
