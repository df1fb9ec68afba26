"""Fully connected layers as ONNX writes them."""

from __future__ import annotations

from compiler.onnx.emitter import Emitter
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
