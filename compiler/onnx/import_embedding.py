"""Embeddings out of an ONNX model: rows of a constant matrix, picked by what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
import onnx
from onnx import TensorProto

from compiler.onnx.imported import Result, Value

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer


def embedding(
    importer: Importer, node: onnx.NodeProto, rows: numpy.ndarray[Any, Any], attributes: dict[str, Any]
) -> Value:
    """Draw an Embedding; raises ValueError for a constant that is no matrix."""
    if rows.ndim != 2 or attributes.get("axis", 0) != 0:
        raise ValueError("only rows of a matrix can be picked by what arrives")
    indices = [importer.input(node, 1)]
    drawn = importer.add("Embedding", node, indices, num_embeddings=rows.shape[0], embedding_dim=rows.shape[1])
    importer.set_weight(drawn, "weight", rows)
    return Result(drawn)


def cast_indices(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """Pass on what becomes the indices of an Embedding, which takes whole numbers of what arrives by itself."""
    takers = [
        (other.op_type, place)
        for other in importer.nodes
        for place, tensor in enumerate(other.input)
        if tensor == node.output[0]
    ]
    if attributes["to"] not in (TensorProto.INT32, TensorProto.INT64) or set(takers) != {("Gather", 1)}:
        raise ValueError("a change of the number type is drawn only before an Embedding")
    return importer.input(node, 0)
