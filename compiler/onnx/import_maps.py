"""Layers of signals, images and volumes out of an ONNX model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy
import onnx

from compiler.onnx.imported import Result, Value
from compiler.onnx.kinds.padding import MODES

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

PADDINGS = {"reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"}
"""torch's name of what a border holds -> the kinds that lay it."""
GLOBAL = {"GlobalAveragePool": "AdaptiveAvgPool", "GlobalMaxPool": "AdaptiveMaxPool"}


def filters(node: onnx.NodeProto, weight: numpy.ndarray[Any, Any], attributes: Mapping[str, Any]) -> int:
    """Return how many feature maps a convolution gives."""
    if node.op_type == "ConvTranspose":
        return int(weight.shape[1]) * int(attributes.get("group", 1))
    return int(weight.shape[0])


def refuse_unknown(node: onnx.NodeProto, attributes: Mapping[str, Any]) -> None:
    """Raise ValueError for what torch's layer of this kind does not have."""
    if node.op_type == "LpPool" and (any(attributes.get("pads", ())) or set(attributes.get("dilations", (1,))) != {1}):
        raise ValueError("torch's LPPool knows neither padding nor dilation")
    if node.op_type == "DepthToSpace" and attributes.get("mode", b"DCR") != b"CRD":
        raise ValueError("it orders the channels otherwise than torch's PixelShuffle does (mode DCR)")
    if len([output for output in node.output if output]) > 1:
        raise ValueError("it has more than one output, and only the first can be drawn")


def global_pool(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """One number for each map."""
    source = importer.input(node, 0)
    axes = importer.rank(source) - 2 if isinstance(source, Result) else 0
    if axes not in (1, 2, 3):
        raise ValueError("it needs maps of one to three axes")
    return Result(importer.add(f"{GLOBAL[node.op_type]}{axes}d", node, [source], output_size=1))


def pad(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A border around a map, the same for all channels."""
    source, pads = importer.input(node, 0), importer.constant(node, 1)
    axes = importer.rank(source) - 2 if isinstance(source, Result) else 0
    if pads is None or axes not in (1, 2, 3) or (len(node.input) > 3 and node.input[3]):
        raise ValueError("only a border of constant size around maps can be drawn")
    before, after = (half.tolist() for half in numpy.split(pads.reshape(-1), 2))
    if any(before[:2]) or any(after[:2]):
        raise ValueError("it adds examples or channels")
    padding = [side for pair in reversed(list(zip(before[2:], after[2:], strict=True))) for side in pair]
    wanted = attributes.get("mode", b"constant").decode()
    mode = next(ours for ours, theirs in MODES.items() if theirs == wanted)
    if mode in PADDINGS:
        return Result(importer.add(f"{PADDINGS[mode]}{axes}d", node, [source], padding=padding))
    value = importer.constant(node, 2)
    number = 0.0 if value is None else float(value.reshape(-1)[0])
    if number == 0.0:
        return Result(importer.add(f"ZeroPad{axes}d", node, [source], padding=padding))
    return Result(importer.add(f"ConstantPad{axes}d", node, [source], padding=padding, value=number))
