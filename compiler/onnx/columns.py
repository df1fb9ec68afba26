"""Columns of neurons in ONNX: one matrix product and one activation for all neurons of a depth."""

from __future__ import annotations

import numpy

from compiler.columns import Column
from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.operators import emit_activation
from compiler.shapes import BATCH


def emit_column(emitter: Emitter, column: Column) -> None:
    """Write one column."""
    arriving = emitter.side_by_side(column, column.gathering)
    tensor = _maxout(emitter, column, arriving) if column.form == "maxout" else _neurons(emitter, column, arriving)
    emitter.remember(column.name, tensor)


def _neurons(emitter: Emitter, column: Column, arriving: str) -> str:
    matrix = numpy.zeros(column.shape[0] * column.shape[1], dtype=numpy.float32)
    numpy.add.at(matrix, column.places, _numbers(emitter, column.weights.names))
    weight = emitter.constant(f"{emitter.column_owner(column)}.weight", matrix.reshape(column.shape))
    bias = emitter.constant(f"{emitter.column_owner(column)}.bias", _numbers(emitter, column.biases.names))
    if column.activation == "Identity":
        return emitter.add("Gemm", [arriving, weight, bias], column, None, transB=1)
    total = emitter.add("Gemm", [arriving, weight, bias], column, "sum", transB=1)
    if column.activation == "PReLU":
        names = tuple(f"{step.node.id}.activation.weight" for step in column.steps)
        emitter.weights[f"{emitter.column_owner(column)}.activation.weight"] = _numbers(emitter, names)
    return emit_activation(emitter, column, column.activation, total, (BATCH, len(column.steps)))


def _maxout(emitter: Emitter, column: Column, arriving: str) -> str:
    name = emitter.names[column.name]
    shape = emitter.constant(f"{name}/groups", numpy.array([-1, *column.shape], dtype=numpy.int64))
    groups = emitter.add("Reshape", [arriving, shape], column, "grouped")
    axis = emitter.constant(f"{name}/axis", numpy.array([2], dtype=numpy.int64))
    return emitter.add("ReduceMax", [groups, axis], column, None, keepdims=0)


def _numbers(emitter: Emitter, names: tuple[str, ...]) -> Array:
    """The weights of these names end to end."""
    return numpy.concatenate([numpy.reshape(emitter.weights[name], -1) for name in names]).astype(numpy.float32)
