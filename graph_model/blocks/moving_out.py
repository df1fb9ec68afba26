"""Nodes go out of a block and stand beside each of its places; ports come and go as they are needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph_model.blocks.beside import Beside
from graph_model.blocks.edits import InDefinition, OnRoot, RemoveDefinition
from graph_model.blocks.grouping import check_groupable
from graph_model.blocks.moving import PortBook, check_one_direction, check_single
from graph_model.blocks.regrouping import Moved, Regrouping
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddNodes, Edit, RemoveNodes, RemoveWires
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, Wire


def move_out(graph: Graph, place: Node | str, node_ids: Collection[str]) -> Regrouping:
    """Move nodes out of the block of a place; they then stand in `graph`, right of it.

    Where the block is placed elsewhere too, copies with weights of their own stand beside those places. A block of
    which nothing is left goes. Raises EditError if they cannot stand outside.
    """
    block = graph.node(place)
    body = graph.definitions.body(block.kind)
    chosen = [node for node in body.nodes() if node.id in set(node_ids)]
    check_groupable(body, chosen)
    for key, identifier in graph.definitions.places(block.kind):
        other = graph.definitions.graph(key)
        check_single(other.node(identifier))
        check_one_direction(graph, other.node(identifier))
        for node in chosen:
            graph.definitions.check_kind(other, node.kind)
    rest = [
        node for node in body.nodes() if node.id not in set(node_ids) and node.kind not in (BLOCK_INPUT, BLOCK_OUTPUT)
    ]
    if rest:
        _check_no_way_back(body, chosen, rest)
    return _moving_out(graph, block, Leaving(body, chosen))


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


class Leaving:
    """What changes inside when nodes go out; it is the same for all places.

    `wires`: all at the moved nodes. `ends`: id of a port -> its number. `made`: (node, output) whose value goes through
    a port that did not lead there before -> that port. `out_of`: number of an output port -> the wires from moved
    nodes to it.
    """

    def __init__(self, body: Graph, chosen: list[Node]) -> None:
        self.body, self.chosen = body, chosen
        self.ports = PortBook(body)
        self.moving = {node.id for node in chosen}
        touching = {wire.id: wire for node in chosen for wire in (*body.incoming(node), *body.outgoing(node))}
        self.wires = sorted(touching.values(), key=lambda wire: wire.order)
        self.ends = {node.id: number for side in self.ports.sides for number, node in enumerate(side)}
        self.made: dict[tuple[str, int], Node] = {}
        self.out_of: dict[int, list[Wire]] = {}
        self._body_wires: list[Wire] = []
        self._close_ports()
        for wire in self.wires:
            self._cut(wire)

    @property
    def is_everything(self) -> bool:
        """Whether nothing stays inside, not even a port: there is no block any more."""
        stays = {node.id for node in self.body.nodes()} - self.moving - self.ports.gone
        return not stays and not any(self.ports.made)

    def changes(self) -> Edit:
        """The edit of the body."""
        return Steps((RemoveNodes(tuple(sorted(self.moving))), *self.ports.changes((), self._body_wires)))

    def _close_ports(self) -> None:
        """Ports that nothing but moved nodes is wired to go."""
        for port in (*self.ports.sides[0], *self.ports.sides[1]):
            beyond = {wire.target for wire in self.body.outgoing(port)} | {
                wire.source for wire in self.body.incoming(port)
            }
            if beyond and beyond <= self.moving:
                self.ports.gone.add(port.id)

    def _cut(self, wire: Wire) -> None:
        """Let a value that is needed on the other side from now on go through a port."""
        key = (wire.source, wire.output)
        if wire.target in self.moving:
            if wire.source not in self.moving and wire.source not in self.ends and key not in self.made:
                self.made[key] = self._port_of(wire)
        elif wire.target in self.ends:
            self.out_of.setdefault(self.ends[wire.target], []).append(wire)
        else:
            if key not in self.made:
                self.made[key] = self.ports.make(BLOCK_INPUT, self.body.node(wire.source))
            self._body_wires.append(replace(wire, source=self.made[key].id, output=0))

    def _port_of(self, wire: Wire) -> Node:
        """The port at which a value leaves already, else a new one."""
        for port in self.ports.sides[1]:
            leaving = [(other.source, other.output) for other in self.body.incoming(port)]
            if leaving == [(wire.source, wire.output)]:
                return port
        source = self.body.node(wire.source)
        port = self.ports.make(BLOCK_OUTPUT, source)
        self._body_wires.append(self.body.new_wire(source, port, output=wire.output))
        return port


def _moving_out(graph: Graph, place: Node, leaving: Leaving) -> Regrouping:
    definitions, inside = graph.definitions, graph.definition_id or ""
    here: dict[str, Beside] = {}
    for key, other in definitions.graphs():
        places = [node for node in other.places() if node.kind == place.kind]
        if places:
            here[key] = Beside(other, places, leaving)
    steps: list[Edit] = []
    for key, beside in here.items():
        if beside.unplugged:
            steps.append(_in(key, inside, RemoveWires(tuple(beside.unplugged))))
    steps.append(InDefinition(place.kind, leaving.changes()))
    for key, beside in here.items():
        nodes = tuple(node for made in beside.nodes.values() for node in made.values())
        wires = tuple(sorted(beside.wires, key=lambda wire: wire.order))
        steps.append(_in(key, inside, AddNodes(nodes, wires)))
    if leaving.is_everything:
        for key, beside in here.items():
            steps.append(_in(key, inside, RemoveNodes(tuple(beside.places))))
        steps.append(RemoveDefinition(place.kind))
    moved = tuple(Moved(key or None, tuple(beside.moved)) for key, beside in here.items())
    made = tuple(here[inside].nodes[place.id].values())
    return Regrouping(Steps(tuple(steps)), place, made, {}, elsewhere=moved)


def _in(key: str, inside: str, edit: Edit) -> Edit:
    """An edit of the graph of a key, as one of the graph in which it is applied."""
    if key == inside:
        return edit
    return InDefinition(key, edit) if key else OnRoot(edit)
