"""Copies of nodes with all their wires: those among them, and those from and to the rest of the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph_model import wiring
from graph_model.blocks.regrouping import like_originals
from graph_model.catalogue.neurons import BIAS_TIE
from graph_model.document import Document, WithWeights
from graph_model.edits import AddNodes
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.ties import FreshTies
from graph_model.values import Node, Wire, free_name

Position = tuple[float, float]
TAKEN = 60.0
"""A place is taken if a node stands so near to it, in scene units."""


class Copies(NamedTuple):
    """`edit` adds the copies; `originals`: id of a new node or wire whose weights stay as they are -> id of what it
    copies; `left_out`: why some wires could not be copied, each reason once."""

    edit: AddNodes
    originals: Mapping[str, str]
    left_out: tuple[str, ...]

    def with_weights(self, document: Document, definition_id: str | None = None) -> WithWeights:
        """The same edit as one of the document, which takes trained weights along. `definition_id`: the definition in
        whose body the nodes stand, None for the drawing."""
        return like_originals(document, definition_id, self.edit, self.originals)


def duplicate(graph: Graph, node_ids: Sequence[str], offset: Position) -> Copies:
    """Copy nodes with all their wires, moved by `offset`.

    Weights stay as they are. Copies share ties among each other, not with what they were copied from.
    """
    chosen = [graph.node(identifier) for identifier in dict.fromkeys(node_ids)]
    copier = _Copier(graph, FreshTies(graph))
    copier.copy(chosen, {node.id: (node.position[0] + offset[0], node.position[1] + offset[1]) for node in chosen})
    return copier.result()


def extend_column(graph: Graph, node_ids: Sequence[str], count: int, pitch: float) -> Copies:
    """Add `count` nodes below those of a column, at equal distances, each wired as one of the column is, in turn.

    Weights on their wires start at random, except where they are tied or frozen; picked elements stay.
    """
    column = sorted((graph.node(identifier) for identifier in node_ids), key=lambda node: node.position[1])
    copier = _Copier(graph, None)
    for number, place in enumerate(column_places(graph, node_ids, count, pitch)):
        model = column[number % len(column)]
        copier.copy([model], {model.id: place})
    return copier.result()


def column_places(graph: Graph, node_ids: Sequence[str], count: int, pitch: float) -> list[Position]:
    """The first so many places below a column, at equal distances; those that are taken are passed over."""
    x, y = max((graph.node(identifier).position for identifier in node_ids), key=lambda place: place[1])
    taken = [node.position[1] for node in graph.nodes() if abs(node.position[0] - x) < TAKEN]
    places: list[Position] = []
    while len(places) < count:
        y += pitch
        if all(abs(other - y) >= min(TAKEN, pitch) for other in taken):
            places.append((x, y))
    return places


def column_pitch(graph: Graph, node_ids: Sequence[str], default: float) -> float:
    """The distance between the nodes of a column; `default` for a single one."""
    heights = sorted(graph.node(identifier).position[1] for identifier in node_ids)
    if len(heights) < 2:
        return default
    return max(8.0, (heights[-1] - heights[0]) / (len(heights) - 1))


class _Copier:
    """Collects copies. With `ties`, weights are kept and ties get fresh labels; without, ties stay, and weights that
    are neither tied nor frozen start at random."""

    def __init__(self, graph: Graph, ties: FreshTies | None) -> None:
        self.graph, self.ties = graph, ties
        self.nodes: list[Node] = []
        self.wires: list[Wire] = []
        self.originals: dict[str, str] = {}
        self.left_out: dict[str, None] = {}
        self._taken = set(graph.names())
        self._arriving: dict[tuple[str, int], list[Wire]] = {}

    def copy(self, chosen: Sequence[Node], places: Mapping[str, Position]) -> None:
        """Add copies of nodes at places, wired among each other and to the rest as the originals are."""
        copies: dict[str, Node] = {}
        for node in chosen:
            parameters = dict(node.parameters)
            if self.ties is not None:
                parameters = self.ties.fresh_parameters(parameters)
            name = free_name(node.name, self._taken)
            self._taken.add(name)
            copies[node.id] = self.graph.new_node(node.kind, name=name, position=places[node.id], **parameters)
            if self.ties is not None or parameters.get(BIAS_TIE) is not None:
                self.originals[copies[node.id].id] = node.id
        self.nodes += copies.values()
        touching = {
            wire.id: wire for node in chosen for wire in (*self.graph.incoming(node), *self.graph.outgoing(node))
        }
        for wire in sorted(touching.values(), key=lambda wire: wire.order):
            self._copy_wire(wire, copies)

    def result(self) -> Copies:
        """The edit that adds everything; raises EditError if there is nothing to add."""
        if not self.nodes:
            raise EditError("There is nothing to copy: select a node first.")
        return Copies(AddNodes(tuple(self.nodes), tuple(self.wires)), self.originals, tuple(self.left_out))

    def _copy_wire(self, wire: Wire, copies: Mapping[str, Node]) -> None:
        graph = self.graph
        source = copies.get(wire.source) or graph.node(wire.source)
        target = copies.get(wire.target) or graph.node(wire.target)
        if target.id == wire.target:
            arriving = self._arriving.setdefault((target.id, wire.input), graph.incoming(target, wire.input))
            reason = self._crowding(source, target, wire.input, arriving)
            if reason is not None:
                self.left_out[reason] = None
                return
        keeps = self.ties is not None or wire.tie is not None or not wire.trainable
        new = graph.new_wire(
            source,
            target,
            output=wire.output,
            input=wire.input,
            element=wire.element,
            weight=wire.weight if keeps else None,
            trainable=wire.trainable,
            tie=wire.tie if self.ties is None else self.ties.fresh_wire_tie(wire.tie),
        )
        self.wires.append(new)
        if keeps:
            self.originals[new.id] = wire.id
        if target.id == wire.target:
            self._arriving[target.id, wire.input].append(new)

    def _crowding(self, source: Node, target: Node, input: int, arriving: Sequence[Wire]) -> str | None:
        """Why a node that is there already takes no further wire."""
        port = self.graph.kind_of(target).inputs[input]
        if port.variadic or not arriving:
            return None
        known = [wire for wire in arriving if self.graph.has_node(wire.source)]
        return wiring.crowding_refusal(self.graph, source, target, input, known)
