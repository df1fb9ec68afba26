"""What larger kinds consist of in ONNX: linear maps, normalizations, numbers."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.program import Step


def dense(emitter: Emitter, step: Step, tensor: str, part: str) -> str:
    """Write what the nn.Linear called `part` does to the last axis of a tensor with any number of axes."""
    weight = emitter.weights[f"{step.owner}.{part}.weight"]
    return product(emitter, step, tensor, part, weight, emitter.weights.get(f"{step.owner}.{part}.bias"))


def product(emitter: Emitter, step: Step, tensor: str, part: str, weight: Array, bias: Array | None) -> str:
    """Write x Wᵀ + b; the result is called "<name>/<part>"."""
    matrix = emitter.weight(step, f"{part}.weight", weight.T)
    if bias is None:
        return emitter.add("MatMul", [tensor, matrix], step, part)
    multiplied = emitter.add("MatMul", [tensor, matrix], step, f"{part}/product")
    return emitter.add("Add", [multiplied, emitter.weight(step, f"{part}.bias", bias)], step, part)


def layer_norm(emitter: Emitter, step: Step, tensor: str, part: str, epsilon: float) -> str:
    """Write what the nn.LayerNorm called `part` does to the last axis."""
    given = [tensor, emitter.weight(step, f"{part}.weight")]
    if emitter.has_weight(step, f"{part}.bias"):
        given.append(emitter.weight(step, f"{part}.bias"))
    return emitter.add("LayerNormalization", given, step, part, axis=-1, epsilon=epsilon)


def whole_numbers(emitter: Emitter, step: Step, name: str, *numbers: int) -> str:
    """Write a list of whole numbers, such as a shape or axes."""
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(numbers, dtype=numpy.int64))


def number(emitter: Emitter, step: Step, name: str, value: float) -> str:
    """Write a single number."""
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))
