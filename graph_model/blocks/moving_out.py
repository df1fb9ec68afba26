"""Nodes go out of a block and stand beside it, with their wires; ports come and go as they are needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph_model.blocks.edits import InDefinition
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.grouping import check_groupable
from graph_model.blocks.moving import PortBook, check_one_place
from graph_model.blocks.regrouping import Regrouping, centre_of
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddNodes, Edit, RemoveNodes
from graph_model.edits import RemoveWires as TakeWires
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.values import Node, Wire, free_name


def move_out(graph: Graph, place: Node | str, node_ids: Collection[str]) -> Regrouping:
    """Move nodes out of the block of a place; they then stand in `graph`, right of it.

    Raises EditError if they cannot stand outside, or if the block is placed elsewhere too.
    """
    block = graph.node(place)
    body = graph.definitions.body(block.kind)
    chosen = [node for node in body.nodes() if node.id in set(node_ids)]
    check_one_place(graph, block)
    check_groupable(body, chosen)
    for node in chosen:
        graph.definitions.check_kind(graph, node.kind)
    rest = [
        node for node in body.nodes() if node.id not in set(node_ids) and node.kind not in (BLOCK_INPUT, BLOCK_OUTPUT)
    ]
    if rest:
        _check_no_way_back(body, chosen, rest)
    return _MovingOut(graph, block, body, chosen).result()


def _check_no_way_back(body: Graph, chosen: list[Node], rest: list[Node]) -> None:
    """What stays inside must be one step for those outside: nothing of it before them and something behind."""
    import networkx

    network, moving = body.network, {node.id for node in chosen}
    behind = set().union(*(networkx.descendants(network, identifier) for identifier in moving)) - moving
    before = set().union(*(networkx.ancestors(network, identifier) for identifier in moving)) - moving
    names = [node.name for node in rest if node.id in behind]
    if names and any(node.id in before for node in rest):
        first = next(node.name for node in rest if node.id in before)
        raise EditError(
            f"These nodes cannot go out of the block: a way leads from '{first}' in it through them and back in to "
            f"'{names[0]}'."
        )


class _MovingOut:
    def __init__(self, graph: Graph, place: Node, body: Graph, chosen: list[Node]) -> None:
        self.graph, self.place, self.body, self.chosen = graph, place, body, chosen
        self.ports = PortBook(body)
        self.moving = {node.id for node in chosen}
        self.moved: dict[str, str] = {}
        self.outer: dict[str, Node] = {}
        self.taken: set[str] = set()
        self.wires: list[Wire] = []
        self.unplugged: list[Wire] = []
        self.body_wires: list[Wire] = []
        self.late: list[tuple[Wire, Node]] = []
        """Wires at the place, and the ports that they are for: their numbers are known once all ports are."""

    def result(self) -> Regrouping:
        self._nodes()
        touching = {
            wire.id: wire for node in self.chosen for wire in (*self.body.incoming(node), *self.body.outgoing(node))
        }
        wires = sorted(touching.values(), key=lambda wire: wire.order)
        ends = {node.id: number for side in self.ports.sides for number, node in enumerate(side)}
        self._close_ports(ends)
        made: dict[tuple[str, int], Node] = {}
        for wire in wires:
            if wire.target in self.moving:
                self._arrive(wire, ends, made)
            elif wire.target in ends:
                for outside in self.graph.outgoing(self.place, ends[wire.target]):
                    self.unplugged.append(outside)
                    end = self.outer[wire.source].id
                    self._wire(replace(outside, source=end, output=wire.output), outside.id)
            else:
                key = (wire.source, wire.output)
                if key not in made:
                    source = self.outer[wire.source]
                    made[key] = self.ports.make(BLOCK_INPUT, self.body.node(wire.source))
                    fed = self.graph.new_wire(source, self.place, output=wire.output)
                    self.taken.add(fed.id)
                    self.late.append((fed, made[key]))
                fresh = self.body.new_wire(made[key], made[key])
                self.body_wires.append(replace(wire, id=fresh.id, source=made[key].id, output=0))
        for wire, port in self.late:
            number = self.ports.number(port)
            enters = port.kind == BLOCK_INPUT
            self.wires.append(replace(wire, input=number) if enters else replace(wire, output=number))
        inside = [RemoveNodes(tuple(sorted(self.moving))), *self.ports.changes((), self.body_wires)]
        unplugged = tuple(dict.fromkeys(wire.id for wire in self.unplugged))
        steps: list[Edit] = [TakeWires(unplugged)] if unplugged else []
        steps.append(InDefinition(self.place.kind, Steps(tuple(inside))))
        ordered = tuple(sorted(self.wires, key=lambda wire: wire.order))
        steps.append(AddNodes(tuple(self.outer.values()), ordered))
        return Regrouping(Steps(tuple(steps)), self.place, tuple(self.outer.values()), self.moved)

    def _nodes(self) -> None:
        centre = centre_of(self.chosen)
        x, y = self.place.position
        names = set(self.graph.names())
        for node in self.chosen:
            name = free_name(node.name, names)
            names.add(name)
            free = not self.graph.has_node(node.id) and not self.graph.has_wire(node.id)
            identifier = self.graph.reserve(node.id) if free else self.graph.fresh_id(name)
            position = (
                node.position[0] - centre[0] + x + COLUMN_DISTANCE,
                node.position[1] - centre[1] + y + COLUMN_DISTANCE,
            )
            order = self.graph.fresh_order()
            self.outer[node.id] = replace(node, id=identifier, name=name, position=position, order=order)
            self.taken.add(identifier)
            self.moved[f"{self.place.id}{SEPARATOR}{node.id}"] = identifier

    def _close_ports(self, ends: dict[str, int]) -> None:
        """Ports that nothing but moved nodes is wired to go."""
        for port in (*self.ports.sides[0], *self.ports.sides[1]):
            beyond = {wire.target for wire in self.body.outgoing(port)} | {
                wire.source for wire in self.body.incoming(port)
            }
            if beyond and beyond <= self.moving:
                self.ports.gone.add(port.id)
                if port.kind == BLOCK_INPUT:
                    self.unplugged += self.graph.incoming(self.place, ends[port.id])

    def _arrive(self, wire: Wire, ends: dict[str, int], made: dict[tuple[str, int], Node]) -> None:
        """A wire to a moved node: from another one, from outside, or from what stays inside."""
        target = self.outer[wire.target]
        before = f"{self.place.id}{SEPARATOR}{wire.id}"
        if wire.source in self.moving:
            self._wire(replace(wire, source=self.outer[wire.source].id, target=target.id), wire.id, before)
        elif wire.source in ends:
            for outside in self.graph.incoming(self.place, ends[wire.source]):
                arriving = replace(wire, source=outside.source, output=outside.output, target=target.id)
                self._wire(arriving, wire.id, before)
        else:
            key = (wire.source, wire.output)
            if key not in made:
                made[key] = self._port_of(wire)
            fresh = self.graph.new_wire(target, target)
            self.taken.add(fresh.id)
            self.moved.setdefault(before, fresh.id)
            self.late.append((replace(wire, id=fresh.id, source=self.place.id, target=target.id), made[key]))

    def _port_of(self, wire: Wire) -> Node:
        """The port at which a value leaves already, else a new one."""
        for port in self.ports.sides[1]:
            leaving = [(other.source, other.output) for other in self.body.incoming(port)]
            if leaving == [(wire.source, wire.output)]:
                return port
        source = self.body.node(wire.source)
        port = self.ports.make(BLOCK_OUTPUT, source)
        self.body_wires.append(self.body.new_wire(source, port, output=wire.output))
        return port

    def _wire(self, wire: Wire, wanted: str, before: str | None = None) -> None:
        """Add a wire outside, under its id if that is free there or is about to be."""
        unplugged = {other.id for other in self.unplugged}
        fresh = self.graph.new_wire(self.place, self.place)
        is_taken = wanted in self.taken or (
            (self.graph.has_wire(wanted) or self.graph.has_node(wanted)) and wanted not in unplugged
        )
        identifier = fresh.id if is_taken else self.graph.reserve(wanted)
        self.taken.add(identifier)
        if before is not None:
            self.moved.setdefault(before, identifier)
        self.wires.append(replace(wire, id=identifier, order=fresh.order))
