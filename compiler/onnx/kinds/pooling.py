"""Poolings over fields of a fixed size as ONNX writes them."""

from __future__ import annotations

import math

import numpy

from compiler.onnx.attributes import sizes, to_onnx
from compiler.onnx.emitter import Emitter
from compiler.program import Step


def largest(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """MaxPool. Its indices count through the whole batch, torch's through each map alone."""
    attributes = to_onnx(step.kind, step.node.parameters)
    if len(step.kind.outputs) == 1:
        return emitter.add("MaxPool", inputs, step, what, **attributes)
    values, flat = emitter.add_several("MaxPool", inputs, step, ("largest", "flat"), **attributes)
    numbers = math.prod(int(axis) for axis in step.input_shapes[0][2:])
    size = emitter.constant(f"{step.node.name}/map_size", numpy.array(numbers, dtype=numpy.int64))
    return [values, emitter.add("Mod", [flat, size], step, "indices")]


def mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """AveragePool; with a divisor of its own times what it divided by and through that."""
    attributes = to_onnx(step.kind, step.node.parameters)
    divisor = step.node.parameters.get("divisor_override")
    if divisor is None:
        return emitter.add("AveragePool", inputs, step, what, **attributes)
    average = emitter.add("AveragePool", inputs, step, "mean", **{**attributes, "count_include_pad": 1})
    share = numpy.array(math.prod(attributes["kernel_shape"]) / divisor, dtype=numpy.float32)
    return emitter.add("Mul", [average, emitter.constant(f"{step.node.name}/share", share)], step, what)


def power_mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """LpPool, or a mean of powers where that takes absolute values or sums incomplete fields in another way."""
    values = step.node.parameters
    attributes = to_onnx(step.kind, values)
    power = attributes.pop("p")
    if power % 2 == 0 and not values["ceil_mode"]:
        return emitter.add("LpPool", inputs, step, what, p=int(power), **attributes)

    def number(name: str, value: float) -> str:
        return emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))

    powers = emitter.add("Pow", [*inputs, number("power", power)], step, "powers")
    average = emitter.add("AveragePool", [powers], step, "mean", ceil_mode=int(values["ceil_mode"]), **attributes)
    field = math.prod(sizes(values["kernel_size"], len(step.input_shapes[0]) - 2))
    positive = emitter.add("Abs", [average], step, "size")
    sign = emitter.add("Sign", [average], step, "sign")
    sums = emitter.add("Mul", [positive, number("field", field)], step, "sums")
    signed = emitter.add("Mul", [sums, sign], step, "signed_sums")
    return emitter.add("Pow", [signed, number("root", 1.0 / power)], step, what)
