"""A part of a drawing as plain JSON, for the clipboard and for duplicating. It carries the blocks that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from graph_model.blocks.definition import is_block
from graph_model.blocks.receiving import Receiving
from graph_model.blocks.regrouping import like_originals
from graph_model.carrying import as_text, from_text, renamed, weights_of
from graph_model.document import Document, WithWeights
from graph_model.document_file.schema import StoredDefinition, StoredNode, StoredWire
from graph_model.document_file.writer import stored_definition, stored_node, stored_wire
from graph_model.edits import AddNodes, Edit, Sequence
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.parameters import complete_values
from graph_model.ties import FreshTies
from graph_model.values import Node, Wire, clean_position, free_name

FORMAT = "gradcanvas-fragment"
VERSION = 3
"""Version 2 added blocks, version 3 weights."""
READABLE = (2, 3)


class Fragment(msgspec.Struct, forbid_unknown_fields=True):
    """Nodes, the wires between them, and the blocks that are placed among them: each after those that it holds.

    `weights`: what was trained, as `graph_model.carrying` writes it; None if that was too much.
    """

    format: str
    version: int
    nodes: list[StoredNode]
    wires: list[StoredWire]
    definitions: list[StoredDefinition] = []
    weights: str | None = ""


class Pasted(NamedTuple):
    """`edit` adds `nodes` with their wires, and first the `definitions` of blocks that are not there yet.

    `weights`: those that came along, by their names here. `originals`: id of a node or wire -> its id in the fragment.
    """

    edit: Edit
    nodes: tuple[Node, ...]
    definitions: tuple[Edit, ...] = ()
    weights: Mapping[str, Any] = {}
    originals: Mapping[str, str] = {}

    def like_originals(self, document: Document, definition_id: str | None) -> WithWeights:
        """The edit as one of the document from which the fragment was copied, with the weights that are there.

        `definition_id`: the definition in whose body it was copied, None for the drawing.
        """
        return like_originals(document, definition_id, self.edit, self.originals)


def copy_fragment(graph: Graph, node_ids: Iterable[str], weights: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Return the nodes and the wires among them, in JSON values. `weights`: trained ones of the graph, to go along."""
    chosen = set(node_ids)
    nodes = [stored_node(node, graph) for node in graph.nodes() if node.id in chosen]
    wires = [stored_wire(wire) for wire in graph.wires() if wire.source in chosen and wire.target in chosen]
    placed = {node.kind for node in nodes if is_block(node.kind)}
    trained = weights_of(graph, weights, {*chosen, *(wire.id for wire in wires)})
    fragment = Fragment(FORMAT, VERSION, nodes, wires, _definitions(graph, placed), as_text(trained))
    plain: dict[str, Any] = msgspec.to_builtins(fragment)
    return plain


def _definitions(graph: Graph, placed: Iterable[str]) -> list[StoredDefinition]:
    definitions = graph.definitions
    used = set().union(*(definitions.uses(kind) for kind in placed))
    ordered = sorted(used, key=lambda identifier: (len(definitions.uses(identifier)), identifier))
    return [stored_definition(definitions.definition(one), definitions.body(one)) for one in ordered]


def paste_edit(graph: Graph, fragment: Any, offset: tuple[float, float] = (0.0, 0.0)) -> Pasted:
    """Return the edit that adds a fragment with fresh ids and names, moved by `offset`.

    A block that the document has already is placed; another one of the same id or name gets a fresh one. Raises
    EditError if the fragment is not one.
    """
    try:
        stored = msgspec.convert(fragment, type=Fragment)
    except (msgspec.ValidationError, RecursionError):
        raise EditError("What is on the clipboard is no part of a drawing.") from None
    if stored.format != FORMAT or stored.version not in READABLE:
        raise EditError("What is on the clipboard comes from another version of GradCanvas.")
    receiving = Receiving(graph)
    for definition in stored.definitions:
        receiving.take(definition)
    pasted: dict[str, Node] = {}
    taken = set(graph.names())
    ties = FreshTies(graph)
    for entry in stored.nodes:
        node = _fresh_node(graph, receiving, entry, taken, offset, ties)
        taken.add(node.name)
        pasted[entry.id] = node
    wires: list[Wire] = []
    names = {identifier: node.id for identifier, node in pasted.items()}
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
        names[wire.id] = wires[-1].id
    addition = AddNodes(tuple(pasted.values()), tuple(wires))
    edit = Sequence((*receiving.edits, addition)) if receiving.edits else addition
    weights = renamed(from_text(stored.weights or ""), names, addition.nodes)
    originals = {new: identifier for identifier, new in names.items()}
    return Pasted(edit, addition.nodes, tuple(receiving.edits), weights, originals)


def _fresh_node(
    graph: Graph, receiving: Receiving, entry: StoredNode, taken: set[str], offset: tuple[float, float], ties: FreshTies
) -> Node:
    name = free_name(entry.name, taken)
    position = (entry.position[0] + offset[0], entry.position[1] + offset[1])
    kind = receiving.kind(entry.kind)
    given = ties.fresh_parameters(entry.parameters)
    values = complete_values(receiving.parameters(kind), given, f"'{name}'")
    return Node(graph.fresh_id(name), kind, name, values, clean_position(position), graph.fresh_order())
