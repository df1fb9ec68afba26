"""Normalizations out of an ONNX model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
import onnx

from compiler.onnx.imported import Result, Value
from graph_model import Node

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

Array = numpy.ndarray[Any, Any]
INSTANCE_NORMS = {3: "InstanceNorm1d", 4: "InstanceNorm2d", 5: "InstanceNorm3d"}


def layer_normalization(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A LayerNorm over the last axes."""
    scale, shift = importer.constant(node, 1), importer.constant(node, 2)
    if scale is None:
        raise ValueError("its scale is not a constant")
    source = importer.input(node, 0)
    axis = int(attributes.get("axis", -1))
    rank = importer.rank(source) if isinstance(source, Result) else 2
    count = -axis if axis < 0 else rank - axis
    if count != scale.ndim:
        raise ValueError("its scale does not have the shape of the axes that it normalizes")
    drawn = importer.add(
        "LayerNorm",
        node,
        [source],
        normalized_shape=None if count == 1 else list(scale.shape),
        eps=float(attributes.get("epsilon", 1e-5)),
        bias=shift is not None,
    )
    return _with_weights(importer, drawn, scale, shift)


def instance_normalization(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """An InstanceNorm with a scale and a shift."""
    scale, shift = importer.constant(node, 1), importer.constant(node, 2)
    if scale is None or shift is None:
        raise ValueError("its scale and shift are not constants")
    source = importer.input(node, 0)
    rank = importer.rank(source) if isinstance(source, Result) else 2
    if rank not in INSTANCE_NORMS:
        raise ValueError(f"its input has {rank} axes")
    eps = float(attributes.get("epsilon", 1e-5))
    drawn = importer.add(INSTANCE_NORMS[rank], node, [source], affine=True, eps=eps)
    return _with_weights(importer, drawn, scale, shift)


def local_response_normalization(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A LocalResponseNorm; of an even size the neighbours lie on other sides than torch's."""
    size = int(attributes["size"])
    if size % 2 == 0:
        raise ValueError("its size is even, and PyTorch then counts other neighbours")
    given = {
        "alpha": attributes.get("alpha", 1e-4),
        "beta": attributes.get("beta", 0.75),
        "k": attributes.get("bias", 1.0),
    }
    values = {name: float(value) for name, value in given.items()}
    return Result(importer.add("LocalResponseNorm", node, [importer.input(node, 0)], size=size, **values))


def _with_weights(importer: Importer, drawn: Node, scale: Array, shift: Array | None) -> Value:
    importer.set_weight(drawn, "weight", scale)
    if shift is not None:
        importer.set_weight(drawn, "bias", shift)
    return Result(drawn)
