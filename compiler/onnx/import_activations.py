"""Activations out of an ONNX model: part of the layer before them where that has none yet, else nodes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import onnx

from compiler.onnx.import_arithmetic import clamp
from compiler.onnx.imported import Gathered, Result, Value
from compiler.onnx.read_activations import activation_of
from compiler.own_activation import own_activation
from graph_model import Kind, Node, kinds
from graph_model.parameters import Choice

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer


def activation(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """An activation: part of the layer before it where that has none yet, else a node of its own."""
    kind, parameters = activation_of(node.op_type, attributes)
    return _applied(importer, node, kind, parameters)


def composed_activation(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """An activation that was found in several operators."""
    kind, parameters = own_activation(importer.composed[node.output[0]])
    return _applied(importer, node, kind, parameters)


def clip(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A Hardtanh between its limits, or a Clamp that has only one."""
    limits = [importer.constant(node, index) for index in (1, 2)]
    if any(limit is None or limit.size != 1 for limit in limits):
        return clamp(importer, node, attributes)
    low, high = (float(limit.reshape(-1)[0]) for limit in limits if limit is not None)
    return _applied(importer, node, kinds()["Hardtanh"], {"min_val": low, "max_val": high})


def _applied(importer: Importer, node: onnx.NodeProto, kind: Kind, parameters: dict[str, Any]) -> Value:
    """Draw an activation of these parameters."""
    source = importer.input(node, 0)
    is_own = importer.only_used_here(node.input[0]) and parameters == own_activation(kind.name)[1]
    if (
        is_own
        and isinstance(source, Gathered)
        and all(takes_activation(importer, part.node, kind) for part in source.parts)
    ):
        for part in source.parts:
            importer.graph.set(part.node, activation=kind.name)
        return source
    if is_own and isinstance(source, Result) and takes_activation(importer, source.node, kind):
        importer.graph.set(source.node, activation=kind.name)
        return Result(importer.graph.node(source.node))
    return Result(importer.add(kind.name, node, [source], **parameters))


def takes_activation(importer: Importer, former: Node, kind: Kind) -> bool:
    """Whether a node can have an activation of its own and has none yet."""
    node = importer.graph.node(former)
    declared = importer.graph.kind_of(node).parameters.get("activation")
    return (
        isinstance(declared, Choice) and node.parameters["activation"] == "Identity" and kind.name in declared.choices
    )
