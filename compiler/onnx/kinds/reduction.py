"""Reductions along one axis as ONNX writes them: the axis is an input."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step

OPERATORS = {"Mean": "ReduceMean", "Sum": "ReduceSum", "Max": "ReduceMax", "Min": "ReduceMin"}
NORMS = {1.0: "ReduceL1", 2.0: "ReduceL2"}


def reduced(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Mean, sum, largest or smallest along an axis."""
    return _along_axis(emitter, OPERATORS[step.kind.name], inputs, step, what)


def norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """ONNX has the norms of order 1 and 2; others are powers of a sum of powers."""
    order = float(step.node.parameters["ord"])
    if order in NORMS:
        return _along_axis(emitter, NORMS[order], inputs, step, what)
    exponents = {
        name: emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))
        for name, value in (("order", order), ("root", 1.0 / order))
    }
    powers = emitter.add("Pow", [emitter.add("Abs", inputs, step, "abs"), exponents["order"]], step, "powers")
    total = _along_axis(emitter, "ReduceSum", [powers], step, "sum")
    return emitter.add("Pow", [total, exponents["root"]], step, what)


def _along_axis(emitter: Emitter, operator: str, inputs: list[str], step: Step, what: str | None) -> str:
    values = step.node.parameters
    axes = emitter.constant(f"{step.node.name}/axes", numpy.array([values["dim"]], dtype=numpy.int64))
    return emitter.add(operator, [*inputs, axes], step, what, keepdims=int(values["keepdim"]))
