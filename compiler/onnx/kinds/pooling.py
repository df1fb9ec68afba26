"""Poolings over fields of a fixed size as ONNX writes them.

Where a field reaches over the border (ceil_mode), runtimes and torch disagree about how many fields there are and how
many values count. So fields that torch leaves out are cut off, and what torch divides a sum by is found by pooling
ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy
from onnx import numpy_helper

from compiler.onnx.attributes import to_onnx
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import number, whole_numbers
from compiler.onnx.kinds.lengths import counted, shape_of, sizes_of
from compiler.program import Step

Attributes = Mapping[str, Any]


def largest(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """MaxPool. Its indices count through the whole batch, torch's through each map alone."""
    attributes = to_onnx(step.kind, step.node.parameters)
    is_cut = _has_fields_beyond(attributes)
    if len(step.kind.outputs) == 1:
        pooled = emitter.add("MaxPool", inputs, step, "all fields" if is_cut else what, **attributes)
        return _within_map(emitter, step, pooled, inputs[0], attributes, what) if is_cut else pooled
    values, flat = emitter.add_several("MaxPool", inputs, step, ("largest", "flat"), **attributes)
    sides = sizes_of(emitter, step, inputs[0], "sides", 2)
    size = emitter.add("ReduceProd", [sides], step, "map size", keepdims=0)
    places = emitter.add("Mod", [flat, size], step, "indices")
    if not is_cut:
        return [values, places]
    return [
        _within_map(emitter, step, tensor, inputs[0], attributes, f"{name} within the map")
        for tensor, name in ((values, "largest"), (places, "indices"))
    ]


def mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """AveragePool; where that counts otherwise than torch, times its own divisors through torch's."""
    values = step.node.parameters
    attributes = to_onnx(step.kind, values)
    counts_border = attributes["ceil_mode"] and attributes["count_include_pad"] and any(attributes["pads"])
    if values.get("divisor_override") is not None or counts_border:
        return _mean_written_out(emitter, step, inputs[0], attributes, what)
    if not _has_fields_beyond(attributes):
        return emitter.add("AveragePool", inputs, step, what, **attributes)
    pooled = emitter.add("AveragePool", inputs, step, "all fields", **attributes)
    return _within_map(emitter, step, pooled, inputs[0], attributes, what)


def power_mean(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """LpPool, or a mean of powers where that takes absolute values or sums incomplete fields in another way."""
    values = step.node.parameters
    attributes = to_onnx(step.kind, values)
    power = attributes.pop("p")
    if power % 2 == 0 and not values["ceil_mode"]:
        return emitter.add("LpPool", inputs, step, what, p=int(power), **attributes)
    attributes.update(pads=[0] * (2 * len(attributes["strides"])), ceil_mode=int(values["ceil_mode"]))
    powers = emitter.add("Pow", [*inputs, number(emitter, step, "power", power)], step, "powers")
    average = _mean_written_out(emitter, step, powers, attributes, "mean")
    field = number(emitter, step, "field", math.prod(attributes["kernel_shape"]))
    sums = emitter.add("Mul", [average, field], step, "sums")
    return emitter.add("Pow", [sums, number(emitter, step, "root", 1.0 / power)], step, what)


def _has_fields_beyond(attributes: Attributes) -> bool:
    """Whether, at some size of the map, a last field starts beyond it, which torch leaves out."""
    return bool(attributes["ceil_mode"]) and any(
        pad + stride > reach for reach, stride, pad in _axes(attributes, len(attributes["strides"]))
    )


def _axes(attributes: Attributes, axes: int) -> list[tuple[int, int, int]]:
    """For each axis: how far a field reaches, the stride and the padding."""
    kernels, apart = attributes["kernel_shape"], attributes.get("dilations", [1] * axes)
    reaches = [distance * (kernel - 1) + 1 for kernel, distance in zip(kernels, apart, strict=True)]
    return list(zip(reaches, attributes["strides"], attributes["pads"][:axes], strict=True))


def _within_map(
    emitter: Emitter, step: Step, pooled: str, tensor: str, attributes: Attributes, what: str | None
) -> str:
    """The fields that start in the map or the padding before it: ⌈(size + padding) / stride⌉ along an axis.

    `tensor`: the map that was pooled.
    """
    strides = attributes["strides"]
    axes, name = len(strides), what or "within the map"
    more = [pad + stride - 1 for pad, stride in zip(attributes["pads"][:axes], strides, strict=True)]
    sides = sizes_of(emitter, step, tensor, f"{name}/sides", 2)
    reached = counted(emitter, step, "Add", sides, more, f"{name}/reached")
    counts = counted(emitter, step, "Div", reached, strides, f"{name}/counts")
    starts = whole_numbers(emitter, step, f"{name}/starts", *[0] * axes)
    along = whole_numbers(emitter, step, f"{name}/axes", *range(2, 2 + axes))
    return emitter.add("Slice", [pooled, starts, counts, along], step, what)


def _mean_written_out(emitter: Emitter, step: Step, tensor: str, attributes: Attributes, what: str | None) -> str:
    """The mean over whole fields, times how many values those have, through what torch divides by at each place."""
    axes, size = len(attributes["strides"]), math.prod(attributes["kernel_shape"])
    name = "whole mean" if what is None else f"{what}/whole"
    pads = attributes["pads"][:axes]
    whole = _whole_fields(emitter, step, tensor, attributes, pads, name)
    divisor = step.node.parameters.get("divisor_override")
    if divisor is not None:
        whole = _cut(emitter, step, whole, tensor, attributes, name)
        return emitter.add("Mul", [whole, number(emitter, step, f"{name}/share", size / divisor)], step, what)
    counts_padding = step.node.parameters.get("count_include_pad", True)
    sides = sizes_of(emitter, step, tensor, f"{name}/map", 2)
    if counts_padding and any(pads):
        sides = counted(emitter, step, "Add", sides, [2 * pad for pad in pads], f"{name}/map and padding")
        pads = [0] * axes
    one = numpy_helper.from_array(numpy.ones(1, dtype=numpy.float32))
    ones = emitter.add(
        "ConstantOfShape", [shape_of(emitter, step, f"{name}/ones/shape", 1, 1, sides)], step, f"{name}/ones", value=one
    )
    shares = _whole_fields(emitter, step, ones, attributes, pads, f"{name}/shares")
    whole, shares = (
        _cut(emitter, step, pooled, tensor, attributes, part)
        for pooled, part in ((whole, name), (shares, f"{name}/shares"))
    )
    return emitter.add("Div", [whole, shares], step, what)


def _whole_fields(emitter: Emitter, step: Step, tensor: str, attributes: Attributes, pads: list[int], name: str) -> str:
    """The sum of each field over its number of places, also of a last one that reaches over the border."""
    plain = {"kernel_shape": attributes["kernel_shape"], "strides": attributes["strides"], "count_include_pad": 1}
    more = [stride - 1 for stride in plain["strides"]] if attributes["ceil_mode"] else [0] * len(pads)
    ends = [pad + extra for pad, extra in zip(pads, more, strict=True)]
    if all(end < kernel for end, kernel in zip(ends, plain["kernel_shape"], strict=True)):
        return emitter.add("AveragePool", [tensor], step, name, pads=[*pads, *ends], **plain)
    # The axes are named, or else onnxruntime lays this border into the pooling, which takes none so wide.
    border = whole_numbers(emitter, step, f"{name}/border", *[0] * len(pads), *more)
    axes = whole_numbers(emitter, step, f"{name}/border/axes", *range(2, 2 + len(pads)))
    padded = emitter.add("Pad", [tensor, border, "", axes], step, f"{name}/padded")
    return emitter.add("AveragePool", [padded], step, name, pads=[*pads, *pads], **plain)


def _cut(emitter: Emitter, step: Step, pooled: str, tensor: str, attributes: Attributes, name: str) -> str:
    """What was pooled without the fields that torch leaves out."""
    if not _has_fields_beyond(attributes):
        return pooled
    return _within_map(emitter, step, pooled, tensor, attributes, f"{name}/within the map")
