"""Poolings to a given size as ONNX writes them: exact for every size."""

from __future__ import annotations

import numpy
from onnx import TensorProto

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.lengths import reshaped, sizes_of
from compiler.onnx.kinds.windows import largest_of_fields
from compiler.program import Step


def mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One mean over all, or for any other size a product with a matrix of means along each axis."""
    parts = _parts(step)
    if set(parts) == {1}:
        return emitter.add("GlobalAveragePool", inputs, step, what)
    tensor = inputs[0]
    matrices = [_means(emitter, step, inputs[0], side, count) for side, count in enumerate(parts)]
    if len(parts) == 3:
        tensor = _depth_mean(emitter, step, tensor, matrices[0])
    if len(parts) >= 2:
        tensor = emitter.add("MatMul", [matrices[-2], tensor], step, "rows mean")
    columns = emitter.add("Transpose", [matrices[-1]], step, "columns", perm=(1, 0))
    return emitter.add("MatMul", [tensor, columns], step, what)


def _means(emitter: Emitter, step: Step, tensor: str, side: int, count: int) -> str:
    """Write the matrix (count, size) that averages as torch's adaptive pooling does."""
    add, part = emitter.add, f"side {side}"
    sides = sizes_of(emitter, step, tensor, f"{part}/sizes", 2)

    def whole(name: str, value: int | list[list[int]]) -> str:
        return emitter.constant(f"{step.node.name}/{part}/{name}", numpy.array(value, dtype=numpy.int64))

    size = add("Gather", [sides, whole("number", side)], step, f"{part}/size")
    total, more = whole("count", count), whole("count less one", count - 1)
    places, following = ([[one + shift] for one in range(count)] for shift in (0, 1))
    reached = add("Mul", [whole("parts", places), size], step, f"{part}/reached")
    starts = add("Div", [reached, total], step, f"{part}/starts")
    ends = add("Mul", [whole("next parts", following), size], step, f"{part}/next reached")
    ends = add("Div", [add("Add", [ends, more], step, f"{part}/rounded up"), total], step, f"{part}/ends")
    each = add("Range", [whole("first", 0), size, whole("one", 1)], step, f"{part}/each")
    started = add("GreaterOrEqual", [each, starts], step, f"{part}/started")
    goes_on = add("Less", [each, ends], step, f"{part}/goes on")
    inside = add(
        "Cast", [add("And", [started, goes_on], step, f"{part}/in")], step, f"{part}/inside", to=TensorProto.FLOAT
    )
    width = add(
        "Cast", [add("Sub", [ends, starts], step, f"{part}/widths")], step, f"{part}/width", to=TensorProto.FLOAT
    )
    return add("Div", [inside, width], step, f"{part}/means")


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


def _depth_mean(emitter: Emitter, step: Step, tensor: str, layers: str) -> str:
    """The means along the first of three axes, with the other two as one."""
    image = sizes_of(emitter, step, tensor, "image", 3)
    flattened = reshaped(emitter, step, tensor, "flattened", 0, 0, 0, -1)
    product = emitter.add("MatMul", [layers, flattened], step, "layers mean")
    return reshaped(emitter, step, product, "layers back", 0, 0, 0, image)


def _sides(step: Step) -> list[int]:
    return [int(axis) for axis in step.input_shapes[0][2:]]


def _parts(step: Step) -> list[int]:
    return sizes(step.node.parameters["output_size"], len(step.input_shapes[0]) - 2)


def bounds(size: int, parts: int, part: int) -> tuple[int, int]:
    """Where one field of torch's adaptive pooling starts and stops: from ⌊i·size/parts⌋ to ⌈(i+1)·size/parts⌉."""
    return part * size // parts, -(-(part + 1) * size // parts)
