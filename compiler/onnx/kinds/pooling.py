"""Poolings that no operator of ONNX expresses."""

from __future__ import annotations

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Array, Emitter
from compiler.program import Step


def adaptive_average_pool(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One mean over all, or for any other size two products with matrices of means: exact for every size."""
    parts = sizes(step.node.parameters["output_size"], 2)
    if parts == [1, 1]:
        return emitter.add("GlobalAveragePool", inputs, step, what)
    height, width = (int(axis) for axis in step.input_shapes[0][2:])
    rows = emitter.constant(f"{step.node.name}/rows", means(height, parts[0]))
    columns = emitter.constant(f"{step.node.name}/columns", means(width, parts[1]).T)
    product = emitter.add("MatMul", [rows, *inputs], step, "rows_mean")
    return emitter.add("MatMul", [product, columns], step, what)


def means(size: int, parts: int) -> Array:
    """Return the matrix (parts, size) that averages as torch's adaptive pooling does: part i covers the elements
    from ⌊i·size/parts⌋ to ⌈(i+1)·size/parts⌉."""
    matrix = numpy.zeros((parts, size), dtype=numpy.float32)
    for part in range(parts):
        start, stop = part * size // parts, -(-(part + 1) * size // parts)
        matrix[part, start:stop] = 1.0 / (stop - start)
    return matrix
