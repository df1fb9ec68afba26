"""Arithmetic as ONNX writes it."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def product(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A product of any number of tensors, pair after pair."""
    if len(inputs) == 1:
        return emitter.add("Identity", inputs, step, what)
    total = inputs[0]
    for number, other in enumerate(inputs[1:-1], start=2):
        total = emitter.add("Mul", [total, other], step, f"first {number}")
    return emitter.add("Mul", [total, inputs[-1]], step, what)


def power(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A power with a fixed exponent."""
    return emitter.add("Pow", [*inputs, _number(emitter, step, "exponent")], step, what)


def clamp(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Clip, whose limits are inputs of their own."""
    limits = ["" if step.node.parameters[name] is None else _number(emitter, step, name) for name in ("min", "max")]
    return emitter.add("Clip", [*inputs, *limits], step, what)


def scale(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A product and a sum with one number each."""
    if step.node.parameters["learned"]:
        factor, shift = emitter.weight(step, "weight"), emitter.weight(step, "bias")
    else:
        factor, shift = _number(emitter, step, "factor"), _number(emitter, step, "shift")
    scaled = emitter.add("Mul", [*inputs, factor], step, "product")
    return emitter.add("Add", [scaled, shift], step, what)


def _number(emitter: Emitter, step: Step, parameter: str) -> str:
    value = numpy.array(step.node.parameters[parameter], dtype=numpy.float32)
    return emitter.constant(f"{step.node.name}/{parameter}", value)
