"""Convolutions as ONNX writes them."""

from __future__ import annotations

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
