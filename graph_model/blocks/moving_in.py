"""Nodes go from beside a block into it, with their wires; ports come and go as they are needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph_model.blocks.edits import InDefinition
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.grouping import check_groupable
from graph_model.blocks.moving import PortBook, check_one_place
from graph_model.blocks.regrouping import Regrouping, centre_of
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddWires, Edit, RemoveNodes
from graph_model.edits import Sequence as Steps
from graph_model.graph import Graph
from graph_model.values import Node, Wire, free_name


def move_in(graph: Graph, node_ids: Collection[str], place: Node | str) -> Regrouping:
    """Move nodes into the block that is placed beside them.

    Raises EditError if they cannot stand there, or if the block is placed elsewhere too.
    """
    target = graph.node(place)
    chosen = [node for node in graph.nodes() if node.id in set(node_ids) and node.id != target.id]
    check_one_place(graph, target)
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
        self.outer += [
            replace(wire, input=self.ports.number(port))
            if port.kind == BLOCK_INPUT
            else replace(wire, output=self.ports.number(port))
            for wire, port in late
        ]
        inside = self.ports.changes(self.inner.values(), self.body_wires)
        steps: list[Edit] = [
            RemoveNodes(tuple(sorted(self.moving))),
            InDefinition(self.place.kind, Steps(tuple(inside))),
        ]
        if self.outer:
            steps.append(AddWires(tuple(sorted(self.outer, key=lambda wire: wire.order))))
        return Regrouping(Steps(tuple(steps)), self.place, (self.place,), self.moved)

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
            self.moved[node.id] = f"{self.place.id}{SEPARATOR}{identifier}"

    def _close_ports(self, wires: list[Wire]) -> None:
        """Ports at which nothing but moved nodes is wired go; what was inside is then wired to these themselves."""
        for number, port in enumerate(self.ports.sides[1]):
            outside = self.graph.outgoing(self.place, number)
            if outside and all(wire.target in self.moving for wire in outside):
                self.ports.gone.add(port.id)
        for number, port in enumerate(self.ports.sides[0]):
            outside = self.graph.incoming(self.place, number)
            sources = [wire for wire in outside if wire.source in self.moving]
            for wire in sources:
                for inner in self._outgoing(port):
                    source = self.inner[wire.source]
                    made = self.body.new_wire(source, source)
                    self.body_wires.append(
                        replace(inner, id=made.id, source=source.id, output=wire.output, order=made.order)
                    )
            if sources and len(sources) == len(outside):
                self.ports.gone.add(port.id)

    def _outgoing(self, port: Node) -> list[Wire]:
        return [wire for wire in self.body.outgoing(port) if wire.target not in self.ports.gone]

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
            if inner.source in self.ports.gone:
                number = [port.id for port in self.ports.sides[0]].index(inner.source)
                arriving = self.graph.incoming(self.place, number)
                found += [(self.inner[outer.source].id, outer.output) for outer in arriving]
            else:
                found.append((inner.source, inner.output))
        return found

    def _port_for(self, wire: Wire, late: list[tuple[Wire, Node]]) -> Node:
        """The port at which a value enters already, else a new one."""
        for number, port in enumerate(self.ports.sides[0]):
            outside = self.graph.incoming(self.place, number)
            if [(other.source, other.output) for other in outside] == [(wire.source, wire.output)]:
                return port
        source = self.graph.node(wire.source)
        port = self.ports.make(BLOCK_INPUT, replace(self.inner[wire.target], name=source.name))
        late.append((self.graph.new_wire(source, self.place, output=wire.output), port))
        return port

    def _inside(self, wire: Wire, source: str, output: int, target: Node) -> None:
        made = self.body.new_wire(target, target)
        taken = {*(other.id for other in self.body_wires), *(node.id for node in self.inner.values())}
        free = not (self.body.has_wire(wire.id) or self.body.has_node(wire.id) or wire.id in taken)
        identifier = self.body.reserve(wire.id) if free else made.id
        self.moved.setdefault(wire.id, f"{self.place.id}{SEPARATOR}{identifier}")
        self.body_wires.append(
            replace(wire, id=identifier, source=source, output=output, target=target.id, order=made.order)
        )
