"""Nodes go from beside a block into it, with their wires; ports come and go as they are needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph_model.blocks.edits import InDefinition
from graph_model.blocks.grouping import check_groupable
from graph_model.blocks.levels import copy_inside
from graph_model.blocks.moving import PortBook, check_single
from graph_model.blocks.other_places import OtherPlaces
from graph_model.blocks.regrouping import Gained, Regrouping, centre_of
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddWires, Edit, RemoveNodes
from graph_model.edits import Sequence as Steps
from graph_model.graph import Graph
from graph_model.values import Node, Wire, free_name


def move_in(graph: Graph, node_ids: Collection[str], place: Node | str) -> Regrouping:
    """Move nodes into the block that is placed beside them.

    Where the block is placed elsewhere too, those places gain them, with weights of their own that start as those that
    moved. Raises EditError if they cannot stand there, SeveralPlaces if something would be missing at other places.
    """
    target = graph.node(place)
    chosen = [node for node in graph.nodes() if node.id in set(node_ids) and node.id != target.id]
    check_single(target)
    check_groupable(graph, [*chosen, target] if chosen else [])
    for node in chosen:
        graph.definitions.check_kind(graph.definitions.body(target.kind), node.kind)
    return _MovingIn(graph, chosen, target).result()


class _MovingIn:
    def __init__(self, graph: Graph, chosen: list[Node], place: Node) -> None:
        self.graph, self.chosen, self.place = graph, chosen, place
        self.body = graph.definitions.body(place.kind)
        self.ports = PortBook(self.body)
        self.moving = {node.id for node in chosen}
        self.moved: dict[str, str] = {}
        self.inner: dict[str, Node] = {}
        self.body_wires: list[Wire] = []
        self.outer: list[Wire] = []
        self.copy = copy_inside(graph, place)
        self.by_path: set[str] = set()
        self.gained: dict[str, str] = {}
        self.others = OtherPlaces(graph, place)
        self.closed: set[str] = set()
        """Ports at which nothing but moved nodes is wired; one of each side may be used again."""

    def result(self) -> Regrouping:
        self._nodes()
        touching = {
            wire.id: wire for node in self.chosen for wire in (*self.graph.incoming(node), *self.graph.outgoing(node))
        }
        wires = sorted(touching.values(), key=lambda wire: wire.order)
        self._close_ports(wires)
        entering: dict[tuple[str, int], Node] = {}
        leaving: dict[tuple[str, int], Node] = {}
        late: list[tuple[Wire, Node]] = []
        for wire in wires:
            if wire.target in self.moving:
                self._arrive(wire, entering, late)
            elif wire.target != self.place.id:
                key = (wire.source, wire.output)
                if key not in leaving:
                    source = self.inner[wire.source]
                    leaving[key] = self.ports.make(BLOCK_OUTPUT, source)
                    self.body_wires.append(self.body.new_wire(source, leaving[key], output=wire.output))
                late.append((replace(wire, source=self.place.id), leaving[key]))
        self.outer += [self._numbered(wire, port) for wire, port in late]
        inside = self.ports.changes(self.inner.values(), self.body_wires)
        steps: list[Edit] = [
            RemoveNodes(tuple(sorted(self.moving))),
            InDefinition(self.place.kind, Steps(tuple(inside))),
        ]
        if self.outer:
            steps.append(AddWires(tuple(sorted(self.outer, key=lambda wire: wire.order))))
        gained = Gained(self.place.kind, self.gained, frozenset(self.by_path))
        return Regrouping(Steps(tuple(steps)), self.place, (self.place,), self.moved, gained=gained)

    def _numbered(self, wire: Wire, port: Node) -> Wire:
        """A wire at the place with the numbers that ports have then; its other end may be a place of the block too."""
        inputs, outputs = self.ports.sides
        if port.kind == BLOCK_INPUT:
            source = self.graph.node(wire.source)
            there = source.kind == self.place.kind
            output = self.ports.number(outputs[wire.output]) if there else wire.output
            return replace(wire, input=self.ports.number(port), output=output)
        there = self.graph.node(wire.target).kind == self.place.kind
        input = self.ports.number(inputs[wire.input]) if there else wire.input
        return replace(wire, output=self.ports.number(port), input=input)

    def _nodes(self) -> None:
        """The moved nodes, around the middle of what is inside as they stood around the block."""
        there = self.body.nodes()
        centre = centre_of(there) if there else self.place.position
        shift = (centre[0] - self.place.position[0], centre[1] - self.place.position[1])
        for node in self.chosen:
            name = free_name(node.name, self.ports.names)
            self.ports.names.add(name)
            free = not self.body.has_node(node.id) and not self.body.has_wire(node.id)
            identifier = self.body.reserve(node.id) if free else self.body.fresh_id(name)
            position = (node.position[0] + shift[0], node.position[1] + shift[1])
            self.inner[node.id] = replace(
                node, id=identifier, name=name, position=position, order=self.body.fresh_order()
            )
            self._moves(node.id, identifier, self.graph.kind_of(node).weighs_wires)

    def _moves(self, before: str, inside: str, by_path: bool) -> None:
        """Note where the weights of a node or a wire go."""
        self.moved[before] = (self.copy.path if by_path else self.copy.owner) + inside
        self.gained[before] = inside
        if by_path:
            self.by_path.add(inside)

    def _close_ports(self, wires: list[Wire]) -> None:
        """Ports at which nothing but moved nodes is wired go; what was inside is then wired to these themselves."""
        inputs, outputs = self.ports.sides
        taken = [
            port
            for number, port in enumerate(outputs)
            if (outside := self.graph.outgoing(self.place, number))
            and all(wire.target in self.moving for wire in outside)
        ]
        given = [
            port
            for number, port in enumerate(inputs)
            if (outside := self.graph.incoming(self.place, number))
            and all(wire.source in self.moving for wire in outside)
        ]
        if self.others.names:
            leaving = {(wire.source, wire.output) for wire in wires if self._leaves(wire)}
            taken, self.ports.reusable[1] = self.others.outputs(taken, len(leaving))
            entering = [wire for wire in wires if self._enters(wire) and self._port_there(wire) is None]
            self.ports.reusable[0] = self.others.inputs(given, entering, self.inner)
        self.closed = {port.id for port in (*taken, *given)}
        self.ports.gone |= self.closed
        for number, port in enumerate(inputs):
            sources = [wire for wire in self.graph.incoming(self.place, number) if wire.source in self.moving]
            for count, wire in enumerate(sources):
                for inner in self._outgoing(port):
                    source = self.inner[wire.source]
                    keeps = port.id in self.closed and count == 0  # its id, and with it its trained weight
                    made = inner if keeps else self.body.new_wire(source, source)
                    ends = replace(inner, source=source.id, output=wire.output)
                    self.body_wires.append(replace(ends, id=made.id, order=made.order))

    def _leaves(self, wire: Wire) -> bool:
        return wire.source in self.moving and wire.target not in self.moving and wire.target != self.place.id

    def _enters(self, wire: Wire) -> bool:
        return wire.target in self.moving and wire.source not in self.moving and wire.source != self.place.id

    def _outgoing(self, port: Node) -> list[Wire]:
        return [wire for wire in self.body.outgoing(port) if wire.target not in self.closed]

    def _arrive(self, wire: Wire, entering: dict[tuple[str, int], Node], late: list[tuple[Wire, Node]]) -> None:
        """A wire to a moved node: from another one, from the block, or through a port."""
        target = self.inner[wire.target]
        if wire.source in self.moving:
            self._inside(wire, self.inner[wire.source].id, wire.output, target)
        elif wire.source == self.place.id:
            for source, output in self._behind(wire.output):
                self._inside(wire, source, output, target)
        else:
            key = (wire.source, wire.output)
            if key not in entering:
                entering[key] = self._port_for(wire, late)
            self._inside(wire, entering[key].id, 0, target)

    def _behind(self, output: int) -> list[tuple[str, int]]:
        """What leaves the block at a port, inside; what goes straight through it may be a moved node itself."""
        found: list[tuple[str, int]] = []
        for inner in self.body.incoming(self.ports.sides[1][output]):
            if inner.source in self.closed:
                number = [port.id for port in self.ports.sides[0]].index(inner.source)
                arriving = self.graph.incoming(self.place, number)
                found += [(self.inner[outer.source].id, outer.output) for outer in arriving]
            else:
                found.append((inner.source, inner.output))
        return found

    def _port_for(self, wire: Wire, late: list[tuple[Wire, Node]]) -> Node:
        """The port at which a value enters already, else a new one."""
        there = self._port_there(wire)
        if there is not None:
            return there
        source = self.graph.node(wire.source)
        port = self.ports.make(BLOCK_INPUT, replace(self.inner[wire.target], name=source.name))
        late.append((self.graph.new_wire(source, self.place, output=wire.output), port))
        return port

    def _port_there(self, wire: Wire) -> Node | None:
        for number, port in enumerate(self.ports.sides[0]):
            outside = self.graph.incoming(self.place, number)
            if [(other.source, other.output) for other in outside] == [(wire.source, wire.output)]:
                return port
        return None

    def _inside(self, wire: Wire, source: str, output: int, target: Node) -> None:
        made = self.body.new_wire(target, target)
        taken = {*(other.id for other in self.body_wires), *(node.id for node in self.inner.values())}
        free = not (self.body.has_wire(wire.id) or self.body.has_node(wire.id) or wire.id in taken)
        identifier = self.body.reserve(wire.id) if free else made.id
        if wire.id not in self.moved:
            self._moves(wire.id, identifier, by_path=True)
        self.body_wires.append(
            replace(wire, id=identifier, source=source, output=output, target=target.id, order=made.order)
        )
