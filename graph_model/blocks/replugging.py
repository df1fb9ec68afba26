"""Wires at the places of a block follow its ports when these come, go or change places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph_model.edits import AddWires, Edit, RemoveWires, Sequence
from graph_model.values import Node, Wire

if TYPE_CHECKING:
    from graph_model.blocks.definitions import Definitions
    from graph_model.graph import Graph

Ports = tuple[list[Node], list[Node]]
Dropped = tuple[tuple[str, tuple[Wire, ...]], ...]
"""(key of a graph, the wires that were taken away there)."""


@dataclass(frozen=True)
class Restoring:
    """An edit of a body that brings wires back at the places of the block, once its ports are there again."""

    edit: Edit
    dropped: Dropped

    def apply(self, graph: Graph) -> Edit:
        return self.edit.apply(graph)

    def restore(self, definitions: Definitions) -> None:
        """Bring the wires back."""
        for key, wires in self.dropped:
            definitions.graph(key).apply(AddWires(wires))

    def touched_nodes(self) -> frozenset[str]:
        return self.edit.touched_nodes()

    def touched_wires(self) -> frozenset[str]:
        return self.edit.touched_wires()


def replug(definitions: Definitions, identifier: str, before: Ports, after: Ports) -> Dropped:
    """Give the wires at all places of a block the new numbers of their ports; return those whose port is gone."""
    moved = [
        {number: _index(later, node) for number, node in enumerate(former)}
        for former, later in zip(before, after, strict=True)
    ]
    dropped: list[tuple[str, tuple[Wire, ...]]] = []
    for key, graph in definitions.graphs():
        gone: list[Wire] = []
        changed: list[Wire] = []
        for place in graph.places():
            if place.kind == identifier:
                for wire in graph.incoming(place):
                    _sort(wire, "input", moved[0][wire.input], gone, changed)
                for wire in graph.outgoing(place):
                    _sort(wire, "output", moved[1][wire.output], gone, changed)
        if gone or changed:
            formers = [graph.wire(wire.id) for wire in changed]
            graph.apply(Sequence((RemoveWires(tuple(wire.id for wire in (*gone, *formers))), AddWires(tuple(changed)))))
        if gone:
            dropped.append((key, tuple(gone)))
    return tuple(dropped)


def _index(ports: list[Node], node: Node) -> int | None:
    return next((number for number, port in enumerate(ports) if port.id == node.id), None)


def _sort(wire: Wire, end: str, number: int | None, gone: list[Wire], changed: list[Wire]) -> None:
    if number is None:
        gone.append(wire)
    elif getattr(wire, end) != number:
        changed.append(replace(wire, **{end: number}))  # type: ignore[arg-type]
