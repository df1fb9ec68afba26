"""What goes out of a block stands beside each of its places: a copy of its own, wired as it was inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graph_model.blocks.levels import copy_inside
from graph_model.blocks.regrouping import centre_of
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.ties import FreshTies
from graph_model.values import Node, Wire, free_name

if TYPE_CHECKING:
    from graph_model.blocks.moving_out import Leaving


class Beside:
    """The copies beside the places of one graph, and the wires to them and from them.

    `nodes`: those of each place, by its id, each by its id inside. `unplugged`: the wires that go. `moved`: what the
    paths of weights begin with, and what they begin with afterwards.
    """

    def __init__(self, graph: Graph, places: Sequence[Node], leaving: Leaving) -> None:
        self.graph, self.leaving = graph, leaving
        self.ports = leaving.ports
        self.places = {place.id: place for place in places}
        self.nodes: dict[str, dict[str, Node]] = {}
        self.wires: list[Wire] = []
        self.moved: list[tuple[str, str, int | None]] = []
        self.unplugged = {wire.id: wire for wire in self._unplugged()}
        self._taken: set[str] = set()
        self._names = set(graph.names())
        self._ties = FreshTies(graph)
        self._wire_ties: dict[str, dict[str, str | None]] = {}
        for place in places:
            self._copy(place)
        self._go_on()
        for place in places:
            self._feed(place)

    def _unplugged(self) -> list[Wire]:
        """The wires at ports that go."""
        return [
            wire
            for place in self.places
            for side, wires in enumerate((self.graph.incoming(place), self.graph.outgoing(place)))
            for wire in wires
            if self.ports.sides[side][wire.output if side else wire.input].id in self.ports.gone
        ]

    def _copy(self, place: Node) -> None:
        """The nodes as they are at a place, right of it."""
        graph, copy = self.graph, copy_inside(self.graph, place)
        given = graph.definitions.definition(place.kind).set_inside(place.parameters)
        centre = centre_of(self.leaving.chosen)
        shift = [at - middle + COLUMN_DISTANCE for at, middle in zip(place.position, centre, strict=True)]
        made = self.nodes[place.id] = {}
        self._ties.next_copy()
        for node in self.leaving.chosen:
            name = free_name(node.name, self._names)
            self._names.add(name)
            lifted = {parameter: value for (inside, parameter), value in given.items() if inside == node.id}
            made[node.id] = replace(
                node,
                id=self._free_id(node.id) or graph.fresh_id(name),
                name=name,
                parameters=self._ties.fresh_parameters({**node.parameters, **lifted}),
                position=(node.position[0] + shift[0], node.position[1] + shift[1]),
                order=graph.fresh_order(),
            )
            self._taken.add(made[node.id].id)
            self.moved.append((copy.start_of(self.leaving.body, node.id) + node.id, made[node.id].id, None))
        self._wire_ties[place.id] = {
            wire.id: self._ties.fresh_wire_tie(wire.tie) for wire in self.leaving.wires if wire.target in made
        }

    def _feed(self, place: Node) -> None:
        """The wires to the copies beside a place, and those from them to what stays inside."""
        made, leaving = self.nodes[place.id], self.leaving
        start = copy_inside(self.graph, place).path
        fed: set[str] = set()
        for wire in leaving.wires:
            if wire.target in made:
                target = made[wire.target].id
                tie = self._wire_ties[place.id][wire.id]
                sources = self._sources(place, wire)
                for index, one in _apart(replace(wire, target=target, tie=tie), len(sources)):
                    source, output = sources[index]
                    fresh = self.graph.new_wire(place, place)
                    identifier = self._free_id(wire.id) or fresh.id
                    self._carry(start + wire.id, identifier, one, index if len(sources) > 1 else None)
                    self._add(replace(one, id=identifier, source=source, output=output, order=fresh.order))
            elif wire.target not in leaving.ends:
                port = leaving.made[wire.source, wire.output]
                if port.id not in fed:
                    fed.add(port.id)
                    number = self.ports.number(port)
                    self._add(self.graph.new_wire(made[wire.source], place, output=wire.output, input=number))

    def _sources(self, place: Node, wire: Wire) -> list[tuple[str, int]]:
        """Where a wire inside that arrives at a moved node begins outside: (node, output)."""
        made, leaving = self.nodes[place.id], self.leaving
        if wire.source in made:
            return [(made[wire.source].id, wire.output)]
        if wire.source in leaving.ends:
            outside = self.graph.incoming(place, leaving.ends[wire.source])
            return [source for arriving in outside for source in self._behind(arriving)]
        return [(place.id, self.ports.number(leaving.made[wire.source, wire.output]))]

    def _behind(self, wire: Wire) -> list[tuple[str, int]]:
        """Where a wire outside begins once the nodes are out: it may have begun at a place of the same block."""
        if wire.source not in self.places:
            return [(wire.source, wire.output)]
        port = self.ports.sides[1][wire.output]
        left = [] if port.id in self.ports.gone else [(wire.source, self.ports.number(port))]
        made = self.nodes[wire.source]
        return left + [(made[inner.source].id, inner.output) for inner in self.leaving.out_of.get(wire.output, ())]

    def _go_on(self) -> None:
        """The wires that left the places begin at the copies instead; where they arrived at a port that goes, what is
        wired to it is wired to the copies already."""
        for wire in self.graph.wires():
            inner = self.leaving.out_of.get(wire.output, []) if wire.source in self.places else []
            at_place = wire.target in self.places
            port = self.ports.sides[0][wire.input] if at_place else None
            if port is not None and port.id in self.ports.gone:
                continue
            number = wire.input if port is None else self.ports.number(port)
            for index, one in _apart(replace(wire, input=number), len(inner)):
                source = self.nodes[wire.source][inner[index].source].id
                changed = replace(one, source=source, output=inner[index].output)
                if not self._free_id(wire.id):
                    fresh = self.graph.new_wire(self.places[wire.source], self.places[wire.source])
                    changed = replace(changed, id=fresh.id, order=fresh.order)
                if len(inner) > 1:
                    self._carry(wire.id, changed.id, one, index)
                self._add(changed)

    def _carry(self, before: str, after: str, wire: Wire, index: int | None) -> None:
        """Let the trained weight of a wire go with it; of a vector that comes apart, its number `index`."""
        self.moved.append((before, after, index if wire.element is None else None))

    def _add(self, wire: Wire) -> None:
        self._taken.add(wire.id)
        self.wires.append(wire)

    def _free_id(self, wanted: str) -> str | None:
        """An id if nothing else has it, or will have it."""
        is_there = self.graph.has_wire(wanted) or self.graph.has_node(wanted)
        if wanted in self._taken or (is_there and wanted not in self.unplugged):
            return None
        return self.graph.reserve(wanted)


def _apart(wire: Wire, count: int) -> list[tuple[int, Wire]]:
    """The wires that come from `count` sources in the place of one, each with the number of its source.

    Neurons that met at a port were one vector behind it: a wire that picked one of its numbers comes from that neuron,
    and one that weighed all of them becomes one from each.
    """
    if count == 1:
        return [(0, wire)]
    if wire.element is not None:
        return [(wire.element, replace(wire, element=None))] if wire.element < count else []
    weights = wire.weight if isinstance(wire.weight, tuple) and len(wire.weight) == count else (wire.weight,) * count
    ties = [None if wire.tie is None else f"{wire.tie[:80]} ({number + 1})" for number in range(count)]
    return [(number, replace(wire, weight=weights[number], tie=ties[number])) for number in range(count)]
