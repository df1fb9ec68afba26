"""The largest value of fields whose places are known but follow no step: gathered, then compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.lengths import reshaped
from compiler.program import Step


def largest_of_fields(
    emitter: Emitter, step: Step, tensor: str, fields: Sequence[Sequence[Sequence[int]]], what: str | None
) -> str | list[str]:
    """Return the maxima, and where they stand if the kind gives indices.

    `fields`: for each axis of the map and each place along it, the indices of its field; a field may be shorter than
    others along the axis.
    """
    name = step.node.name
    tables = [_table(along) for along in fields]
    for axis, table in enumerate(tables):
        index = emitter.constant(f"{name}/fields/{axis}", table.reshape(-1))
        tensor = emitter.add("Gather", [tensor, index], step, f"gathered/{axis}", axis=2 + axis)
    axes = len(tables)
    counts, widths = [table.shape[0] for table in tables], [table.shape[1] for table in tables]
    split = reshaped(emitter, step, tensor, "split", 0, 0, *(size for table in tables for size in table.shape))
    order = [0, 1, *(2 + 2 * axis for axis in range(axes)), *(3 + 2 * axis for axis in range(axes))]
    ordered = emitter.add("Transpose", [split], step, "ordered", perm=order)
    size = math.prod(widths)
    windows = reshaped(emitter, step, ordered, "windows", 0, 0, *counts, size)
    last = emitter.constant(f"{name}/last", numpy.array([-1], dtype=numpy.int64))
    if len(step.kind.outputs) == 1:
        return emitter.add("ReduceMax", [windows, last], step, what, keepdims=0)
    maxima = emitter.add("ReduceMax", [windows, last], step, "largest", keepdims=0)
    first = emitter.add("ArgMax", [windows], step, "first", axis=-1, keepdims=1)
    places = emitter.constant(f"{name}/places", _places(tables, [int(axis) for axis in step.input_shapes[0][2:]]))
    shape = emitter.add("Shape", [windows], step, "shape")
    everywhere = emitter.add("Expand", [places, shape], step, "everywhere")
    chosen = emitter.add("GatherElements", [everywhere, first], step, "chosen", axis=-1)
    return [maxima, emitter.add("Squeeze", [chosen, last], step, "indices")]


def _table(along: Sequence[Sequence[int]]) -> Array:
    """Fields of one length: a short one repeats its last value, which changes no maximum and never comes first."""
    width = max(len(field) for field in along)
    return numpy.array([[*field, *[field[-1]] * (width - len(field))] for field in along], dtype=numpy.int64)


def _places(tables: Sequence[Array], sides: Sequence[int]) -> Array:
    """The index within its map of every value of every field: (*counts, size of a field)."""
    axes = len(tables)
    place = numpy.zeros([1] * (2 * axes), dtype=numpy.int64)
    for axis, table in enumerate(tables):
        shape = [1] * (2 * axes)
        shape[axis], shape[axes + axis] = table.shape
        place = place + table.reshape(shape) * math.prod(sides[axis + 1 :])
    return place.reshape(*place.shape[:axes], -1)
