"""Fully connected layers as ONNX writes them."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.lengths import reshaped
from compiler.program import Step


def linear(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Gemm for vectors; for (batch, time, features) a matrix product and a sum."""
    has_bias = emitter.has_weight(step, "bias")
    if len(step.input_shapes[0]) == 2:
        weights = [emitter.weight(step, "weight")] + ([emitter.weight(step, "bias")] if has_bias else [])
        return emitter.add("Gemm", [*inputs, *weights], step, what, transB=1)
    transposed = emitter.weight(step, "weight", emitter.weights[f"{step.owner}.weight"].T)
    if not has_bias:
        return emitter.add("MatMul", [*inputs, transposed], step, what)
    product = emitter.add("MatMul", [*inputs, transposed], step, "product")
    return emitter.add("Add", [product, emitter.weight(step, "bias")], step, what)


def bilinear(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """x₁ times all matrices side by side, times x₂, summed over x₂'s axis."""
    stored = emitter.weights[f"{step.owner}.weight"]
    out, first, second = stored.shape
    matrix = emitter.weight(step, "weight", stored.transpose(1, 0, 2).reshape(first, out * second))
    left = emitter.add("MatMul", [inputs[0], matrix], step, "left products")
    name = step.node.name
    before = [0] * (len(step.input_shapes[0]) - 1)
    rows = reshaped(emitter, step, left, "left products/parted", *before, out, second)
    before_last = emitter.constant(f"{name}/before last", numpy.array([-2], dtype=numpy.int64))
    right = emitter.add("Unsqueeze", [inputs[1], before_last], step, "right")
    products = emitter.add("Mul", [rows, right], step, "products")
    last = emitter.constant(f"{name}/last", numpy.array([-1], dtype=numpy.int64))
    if not emitter.has_weight(step, "bias"):
        return emitter.add("ReduceSum", [products, last], step, what, keepdims=0)
    total = emitter.add("ReduceSum", [products, last], step, "total", keepdims=0)
    return emitter.add("Add", [total, emitter.weight(step, "bias")], step, what)
