"""Embeddings as ONNX writes them: rows of a matrix, picked by their numbers."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step

REDUCTIONS = {"sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax"}


def embedding(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A row for each index."""
    return emitter.add("Gather", [emitter.weight(step, "weight"), *inputs], step, what, axis=0)


def embedding_bag(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A row for each index, then their mean, sum or largest; what only fills up does not count."""
    rows = emitter.add("Gather", [emitter.weight(step, "weight"), *inputs], step, "rows", axis=0)
    operator = REDUCTIONS[step.node.parameters["mode"]]
    axis = emitter.constant(f"{step.node.name}/axis", numpy.array([1], dtype=numpy.int64))
    if step.node.parameters["padding_idx"] is None:
        return emitter.add(operator, [rows, axis], step, what, keepdims=0)
    return _without_padding(emitter, step, inputs, rows, axis, what)


def _without_padding(emitter: Emitter, step: Step, inputs: list[str], rows: str, axis: str, what: str | None) -> str:
    """Sum, mean or largest of the rows that count; 0 for a bag in which none does."""
    name, mode = step.node.name, step.node.parameters["mode"]
    padding = emitter.constant(f"{name}/padding", numpy.array(step.node.parameters["padding_idx"], dtype=numpy.int64))
    zero = emitter.constant(f"{name}/zero", numpy.array(0.0, dtype=numpy.float32))
    one = emitter.constant(f"{name}/one", numpy.array(1.0, dtype=numpy.float32))
    last = emitter.constant(f"{name}/last", numpy.array([-1], dtype=numpy.int64))
    fills = emitter.add("Equal", [*inputs, padding], step, "fills up")
    marks = emitter.add("Where", [fills, zero, one], step, "marks")
    count = emitter.add("ReduceSum", [marks, axis], step, "count", keepdims=1)
    fills_row = emitter.add("Unsqueeze", [fills, last], step, "fills up/rows")
    if mode == "max":
        lowest = emitter.constant(f"{name}/lowest", numpy.array(numpy.finfo(numpy.float32).min, dtype=numpy.float32))
        kept = emitter.add("Where", [fills_row, lowest, rows], step, "kept")
        largest = emitter.add("ReduceMax", [kept, axis], step, "largest", keepdims=0)
        is_empty = emitter.add("Equal", [count, zero], step, "is empty")
        return emitter.add("Where", [is_empty, zero, largest], step, what)
    kept = emitter.add("Where", [fills_row, zero, rows], step, "kept")
    if mode == "sum":
        return emitter.add("ReduceSum", [kept, axis], step, what, keepdims=0)
    total = emitter.add("ReduceSum", [kept, axis], step, "total", keepdims=0)
    return emitter.add("Div", [total, emitter.add("Max", [count, one], step, "at least one")], step, what)
