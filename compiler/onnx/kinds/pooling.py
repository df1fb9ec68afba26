"""Poolings over fields of a fixed size as ONNX writes them.

Where a field reaches over the border (ceil_mode), runtimes and torch disagree about how many fields there are and how
many values count. So that is written out: as padding at the end, and as what each sum is divided by.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy

from compiler.onnx.attributes import to_onnx
from compiler.onnx.emitter import Array, Emitter
from compiler.program import Step


def largest(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """MaxPool. Its indices count through the whole batch, torch's through each map alone."""
    attributes = to_onnx(step.kind, step.node.parameters)
    if not _counts_agree(step, attributes):
        attributes = _without_ceil(step, attributes)
    if len(step.kind.outputs) == 1:
        return emitter.add("MaxPool", inputs, step, what, **attributes)
    values, flat = emitter.add_several("MaxPool", inputs, step, ("largest", "flat"), **attributes)
    numbers = math.prod(int(axis) for axis in step.input_shapes[0][2:])
    size = emitter.constant(f"{step.node.name}/map_size", numpy.array(numbers, dtype=numpy.int64))
    return [values, emitter.add("Mod", [flat, size], step, "indices")]


def mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """AveragePool; where that counts otherwise than torch, times its own divisors through torch's."""
    values = step.node.parameters
    attributes = to_onnx(step.kind, values)
    counts_border = attributes["ceil_mode"] and attributes["count_include_pad"] and any(attributes["pads"])
    if values.get("divisor_override") is None and not counts_border and _counts_agree(step, attributes):
        return emitter.add("AveragePool", inputs, step, what, **attributes)
    return _mean_written_out(emitter, step, inputs[0], attributes, what)


def power_mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """LpPool, or a mean of powers where that takes absolute values or sums incomplete fields in another way."""
    values = step.node.parameters
    attributes = to_onnx(step.kind, values)
    power = attributes.pop("p")
    if power % 2 == 0 and not values["ceil_mode"]:
        return emitter.add("LpPool", inputs, step, what, p=int(power), **attributes)

    def number(name: str, value: float) -> str:
        return emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))

    attributes.update(pads=[0] * (2 * len(attributes["strides"])), ceil_mode=int(values["ceil_mode"]))
    powers = emitter.add("Pow", [*inputs, number("power", power)], step, "powers")
    average = _mean_written_out(emitter, step, powers, attributes, "mean")
    sums = emitter.add("Mul", [average, number("field", math.prod(attributes["kernel_shape"]))], step, "sums")
    return emitter.add("Pow", [sums, number("root", 1.0 / power)], step, what)


def _counts_agree(step: Step, attributes: Mapping[str, Any]) -> bool:
    """Whether ONNX sees as many fields as torch, which leaves out those that would start beyond the map."""
    if not attributes["ceil_mode"]:
        return True
    return all(
        -(-(size + 2 * pad - field) // stride) + 1 == count
        for size, count, field, stride, pad in _axes(step, attributes)
    )


def _without_ceil(step: Step, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with as much padding at the end as the last field reaches over the border."""
    if not attributes["ceil_mode"]:
        return dict(attributes)
    ends = [
        max(0, (count - 1) * stride + field - pad - size) for size, count, field, stride, pad in _axes(step, attributes)
    ]
    return {**attributes, "ceil_mode": 0, "pads": [*attributes["pads"][: len(ends)], *ends]}


def _axes(step: Step, attributes: Mapping[str, Any]) -> list[tuple[int, int, int, int, int]]:
    """For each axis: the map's size, the number of fields, how far a field reaches, the stride and the padding."""
    assert step.output_shapes is not None
    axes = len(attributes["strides"])
    kernels, apart = attributes["kernel_shape"], attributes.get("dilations", [1] * axes)
    reaches = [distance * (kernel - 1) + 1 for kernel, distance in zip(kernels, apart, strict=True)]
    sides, counts = ([int(side) for side in shape[2:]] for shape in (step.input_shapes[0], step.output_shapes[0]))
    return list(zip(sides, counts, reaches, attributes["strides"], attributes["pads"][:axes], strict=True))


def _mean_written_out(
    emitter: Emitter, step: Step, tensor: str, attributes: Mapping[str, Any], what: str | None
) -> str:
    """The mean over whole fields, times how many values those have, through what torch divides by at each place."""
    whole = {**_without_ceil(step, attributes), "count_include_pad": 1}
    average = emitter.add("AveragePool", [tensor], step, "whole_mean" if what is None else f"{what}/whole", **whole)
    share = math.prod(attributes["kernel_shape"]) / _divisors(step, attributes)
    shares = emitter.constant(f"{step.node.name}/shares", share.astype(numpy.float32))
    return emitter.add("Mul", [average, shares], step, what)


def _divisors(step: Step, attributes: Mapping[str, Any]) -> Array:
    """What torch divides the sum of each field by: (*sides of the result)."""
    assert step.output_shapes is not None
    counts = [int(side) for side in step.output_shapes[0][2:]]
    divisor = step.node.parameters.get("divisor_override")
    if divisor is not None:
        return numpy.full(counts, float(divisor))
    result = numpy.ones([1] * len(counts))
    include = step.node.parameters.get("count_include_pad", True)
    for axis, count in enumerate(counts):
        kernel, stride, pad = (attributes[name][axis] for name in ("kernel_shape", "strides", "pads"))
        size = int(step.input_shapes[0][2 + axis])
        starts = numpy.arange(count) * stride - pad
        ends = numpy.minimum(starts + kernel, size + pad)
        widths = ends - starts if include else numpy.minimum(ends, size) - numpy.maximum(starts, 0)
        result = result * widths.reshape([-1 if other == axis else 1 for other in range(len(counts))])
    return result
