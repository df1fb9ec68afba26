"""A place gets a definition of its own: a copy, which can then be changed without changing the other places."""

from __future__ import annotations

from dataclasses import replace

from graph_model.blocks.definition import Definition, definition_id
from graph_model.blocks.definitions import Definitions
from graph_model.blocks.edits import AddDefinition
from graph_model.blocks.flattening import SHARING
from graph_model.blocks.regrouping import Regrouping
from graph_model.edits import AddNodes, RemoveNodes
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, free_name


def make_unique(graph: Graph, place: Node | str) -> Regrouping:
    """Copy the definition of a place for this place alone. Its weights stay; shared ones become its own.

    Raises EditError if it is the only place of its definition already.
    """
    node = graph.node(place)
    definitions = graph.definitions
    former = definitions.definition(node.kind)
    if len(definitions.places(node.kind)) == 1:
        raise EditError(f"'{node.name}' is the only place of the block '{former.name}' already: it can be changed.")
    copy = copied_definition(definitions, former)
    body = definitions.body(former.id)
    label = str(node.parameters["weights"]).strip()
    changed = replace(node, kind=copy.id, parameters={**node.parameters, "weights": ""})
    touching = {wire.id: wire for wire in (*graph.incoming(node), *graph.outgoing(node))}
    wires = tuple(sorted(touching.values(), key=lambda wire: wire.order))
    edit = Steps(
        (
            AddDefinition(copy, tuple(body.nodes()), tuple(body.wires())),
            RemoveNodes((node.id,)),
            AddNodes((changed,), wires),
        )
    )
    shared = f"{former.id}{SHARING}{label}"
    return Regrouping(edit, changed, (changed,), {shared: node.id} if label else {}, frozenset((shared,)))


def copied_definition(definitions: Definitions, former: Definition) -> Definition:
    """Return a definition that is like another one, under a free id and a free name."""
    name = free_name(former.name, {other.name for other in definitions})
    return replace(former, id=definition_id(name, {other.id for other in definitions}), name=name)
