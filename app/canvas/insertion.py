"""The edits that put a new node into a drawing: alone, at the end of a wire, or into the middle of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from app.canvas import sizes
from graph_model import Graph, Kind, Node, Wire, kinds
from graph_model.edits import AddNodes, Edit, RemoveWires, Sequence

DISTANCE_AFTER = 120.0
Position = tuple[float, float]


class LooseEnd(NamedTuple):
    """A port from which a wire was drawn into empty space."""

    node: str
    port: int
    is_output: bool


def snapped(position: Position) -> Position:
    """The nearest point of the grid."""
    return (
        round(position[0] / sizes.GRID) * sizes.GRID,
        round(position[1] / sizes.GRID) * sizes.GRID,
    )


class New(NamedTuple):
    """A node that is about to be placed. `first`: what must be there before it, e.g. a block's definition; `weights`:
    trained ones from which it starts, by the names that they have in the graph."""

    node: Node
    kind: Kind
    first: Edit | None = None
    weights: Mapping[str, Any] = {}

    def at(self, position: Position) -> Node:
        """The node at the nearest point of the grid."""
        return replace(self.node, position=snapped(position))

    def after_first(self, edit: Edit) -> Edit:
        """An edit that adds it, with what must be there before."""
        return edit if self.first is None else Sequence((self.first, edit))


def place(new: New, position: Position) -> tuple[Edit, Node]:
    """Add a node that is wired to nothing."""
    node = new.at(position)
    return new.after_first(AddNodes((node,))), node


def place_at_end(graph: Graph, new: New, position: Position, end: LooseEnd) -> tuple[Edit, Node]:
    """Add a node and the wire between it and a port."""
    node = new.at(position)
    other = graph.node(end.node)
    if end.is_output:
        wire = graph.new_wire(other, node, output=end.port)
    else:
        wire = graph.new_wire(node, other, input=end.port)
    return new.after_first(AddNodes((node,), (wire,))), node


def insert(graph: Graph, new: New, wire: Wire, position: Position) -> tuple[Edit, Node]:
    """Put a node into a wire: what flowed directly now flows through it."""
    node = new.at(position)
    before = graph.new_wire(graph.node(wire.source), node, output=wire.output)
    weight = wire.weight if isinstance(wire.weight, (int, float)) else None
    weighs = graph.kind_of(wire.target).weighs_wires and new.kind.gives_scalar
    after = graph.new_wire(node, graph.node(wire.target), input=wire.input, weight=weight if weighs else None)
    # The second half keeps the id where it keeps the weight, and with it what was trained.
    if weighs and (wire.element is not None or graph.kind_of(wire.source).gives_scalar):
        after = replace(after, id=wire.id)
    return new.after_first(Sequence((RemoveWires((wire.id,)), AddNodes((node,), (before, after))))), node


def can_insert(kind: Kind) -> bool:
    """Whether a node of this kind has both an input and an output."""
    return bool(kind.inputs and kind.outputs)


def place_after(graph: Graph, node: Node) -> Position:
    """Where a node that follows another one is put: to its right, below what is there already."""
    x, y = node.position[0] + DISTANCE_AFTER, node.position[1]
    taken = [other.position for other in graph.nodes() if abs(other.position[0] - x) < DISTANCE_AFTER / 2]
    while any(abs(other[1] - y) < DISTANCE_AFTER / 2 for other in taken):
        y += DISTANCE_AFTER
    return (x, y)


def placeable(graph: Graph) -> list[Kind]:
    """The kinds that can stand in a graph, the document's own blocks first."""
    elsewhere = "network" if graph.definition_id is not None else "block"
    catalogue = [kind for kind in kinds().values() if kind.stands_in != elsewhere]
    return [*graph.definitions.placeable(graph), *catalogue]


def takers(graph: Graph, end: LooseEnd, shape: tuple[object, ...] | None) -> list[Kind]:
    """The kinds that can stand at the other end of a wire, given the shape that flows on it if that is known."""
    if not end.is_output:
        return [kind for kind in placeable(graph) if kind.outputs]
    return [
        kind
        for kind in placeable(graph)
        if kind.inputs and (shape is None or not (ranks := kind.needs_at(0).ranks) or len(shape) in ranks)
    ]
