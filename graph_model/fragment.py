"""A part of a drawing as plain JSON, for the clipboard and for duplicating."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from graph_model.document_file.schema import StoredNode, StoredWire
from graph_model.document_file.writer import stored_node, stored_wire
from graph_model.edits import AddNodes
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.ties import FreshTies
from graph_model.values import Node, Wire, free_name

FORMAT = "gradcanvas-fragment"
VERSION = 1


class Fragment(msgspec.Struct, forbid_unknown_fields=True):
    """Nodes and the wires between them."""

    format: str
    version: int
    nodes: list[StoredNode]
    wires: list[StoredWire]


def copy_fragment(graph: Graph, node_ids: Iterable[str]) -> dict[str, Any]:
    """Return the nodes and the wires among them, in JSON values."""
    chosen = set(node_ids)
    nodes = [stored_node(node, graph) for node in graph.nodes() if node.id in chosen]
    wires = [stored_wire(wire) for wire in graph.wires() if wire.source in chosen and wire.target in chosen]
    plain: dict[str, Any] = msgspec.to_builtins(Fragment(FORMAT, VERSION, nodes, wires))
    return plain


def paste_edit(graph: Graph, fragment: Any, offset: tuple[float, float] = (0.0, 0.0)) -> AddNodes:
    """Return the edit that adds a fragment with fresh ids and names, moved by `offset`.

    Raises EditError if the fragment is not one.
    """
    try:
        stored = msgspec.convert(fragment, type=Fragment)
    except (msgspec.ValidationError, RecursionError):
        raise EditError("What is on the clipboard is no part of a drawing.") from None
    if stored.format != FORMAT or stored.version != VERSION:
        raise EditError("What is on the clipboard comes from another version of GradCanvas.")
    pasted: dict[str, Node] = {}
    taken = set(graph.names())
    ties = FreshTies(graph)
    for entry in stored.nodes:
        node = _fresh_node(graph, entry, taken, offset, ties)
        taken.add(node.name)
        pasted[entry.id] = node
    wires: list[Wire] = []
    for wire in stored.wires:
        if wire.source not in pasted or wire.target not in pasted:
            raise EditError("What is on the clipboard has a wire without an end.")
        wires.append(
            graph.new_wire(
                pasted[wire.source],
                pasted[wire.target],
                output=wire.output,
                input=wire.input,
                element=wire.element,
                weight=wire.weight,
                trainable=wire.trainable,
                tie=ties.fresh_wire_tie(wire.tie),
            )
        )
    return AddNodes(tuple(pasted.values()), tuple(wires))


def _fresh_node(graph: Graph, entry: StoredNode, taken: set[str], offset: tuple[float, float], ties: FreshTies) -> Node:
    name = free_name(entry.name, taken)
    position = (entry.position[0] + offset[0], entry.position[1] + offset[1])
    return graph.new_node(entry.kind, name=name, position=position, **ties.fresh_parameters(entry.parameters))
