"""Convolutions as ONNX writes them."""

from __future__ import annotations

import numpy

from compiler.onnx.attributes import sizes, to_onnx
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.padding import pad_map
from compiler.program import Step


def convolution(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Conv; a border that is not zeros is laid around the map before."""
    values = step.node.parameters
    attributes = to_onnx(step.kind, values)
    tensor = inputs[0]
    if values["padding_mode"] != "zeros" and any(attributes["pads"]):
        border = sizes(values["padding"], len(step.input_shapes[0]) - 2)
        tensor = pad_map(emitter, step, tensor, (border, border), values["padding_mode"], "padded")
        attributes["pads"] = [0] * len(attributes["pads"])
    weights = [emitter.weight(step, name) for name in ("weight", "bias") if emitter.has_weight(step, name)]
    return emitter.add("Conv", [tensor, *weights], step, what, **attributes)


def transposed_convolution(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """ConvTranspose. An output_padding of a stride or more, which ONNX refuses, takes from what is cut off the end;
    beyond the last patch there is only the bias."""
    attributes = to_onnx(step.kind, step.node.parameters)
    added, axes = attributes["output_padding"], len(attributes["strides"])
    names = ("weight", "bias") if emitter.has_weight(step, "bias") else ("weight",)
    if all(one < stride for one, stride in zip(added, attributes["strides"], strict=True)):
        weights = [emitter.weight(step, name) for name in names]
        return emitter.add("ConvTranspose", [*inputs, *weights], step, what, **attributes)
    del attributes["output_padding"]
    start, end = attributes["pads"][:axes], attributes["pads"][axes:]
    attributes["pads"] = [*start, *(max(0, cut - one) for cut, one in zip(end, added, strict=True))]
    beyond = [max(0, one - cut) for cut, one in zip(end, added, strict=True)]
    last = len(names) == 1
    painted = emitter.add("ConvTranspose", [*inputs, emitter.weight(step, "weight")], step, "painted", **attributes)
    result = pad_map(emitter, step, painted, ([0] * axes, beyond), "constant", what if last else "padded")
    if last:
        return result
    bias = emitter.weights[f"{step.owner}.bias"]
    shaped = emitter.constant(f"{step.node.name}/bias", numpy.reshape(bias, (-1, *[1] * axes)))
    return emitter.add("Add", [result, shaped], step, what)
