"""What moving nodes into a block and out of it have in common: what is moved, and the ports that come and go."""

from __future__ import annotations

from collections.abc import Collection

from graph_model.blocks.kind import block_ports
from graph_model.catalogue.blocks import BLOCK_INPUT
from graph_model.edits import AddNodes, AddWires, Edit, RemoveNodes, RemoveWires
from graph_model.errors import EditError
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.values import Node, Wire, free_name


def check_single(place: Node) -> None:
    """Raise EditError for a place that stands for several: what goes out of it could stand beside only one of them."""
    if place.parameters["repeat"] != 1:
        raise EditError(
            f"'{place.name}' is repeated: set repeat of '{place.name}' to 1 first, then nodes can go in and out."
        )


def check_one_direction(graph: Graph, place: Node) -> None:
    """Raise EditError for a place that has weights for two directions, of which a node outside could take only one."""
    if len(graph.definitions.kind(place.kind).directions(place.parameters)) > 1:
        raise EditError(
            f"'{place.name}' reads in both directions, with weights for each, and what stands beside it has only one "
            f"set of weights. Set over_time of '{place.name}' to forward or backward first."
        )


class PortBook:
    """The ports of a body while nodes are moved: which there are, which are made, which go."""

    def __init__(self, body: Graph) -> None:
        self.body = body
        self.sides = block_ports(body)
        self.made: tuple[list[Node], list[Node]] = ([], [])
        self.gone: set[str] = set()
        self.reusable: list[Node | None] = [None, None]
        """Of each side a port that goes, unless a new one can take its place and with it the wires at all places."""
        self.reused: list[Node] = []
        self.names = set(body.names())

    def make(self, kind: str, beside: Node) -> Node:
        """A new port, named like a node and standing beside it, or the one that can be used again."""
        side = 0 if kind == BLOCK_INPUT else 1
        again = self.reusable[side]
        if again is not None:
            self.reusable[side] = None
            self.gone.discard(again.id)
            self.reused.append(again)
            return again
        name = free_name(beside.name if side == 0 else f"{beside.name} out", self.names)
        self.names.add(name)
        x, y = beside.position
        position = (x + (COLUMN_DISTANCE if side else -COLUMN_DISTANCE), y + 64.0 * len(self.made[side]))
        port = self.body.new_node(kind, name=name, position=position)
        self.made[side].append(port)
        return port

    def number(self, port: Node) -> int:
        """Which port of the block a port will be."""
        side = 0 if port.kind == BLOCK_INPUT else 1
        left = [*(node for node in self.sides[side] if node.id not in self.gone), *self.made[side]]
        return [node.id for node in left].index(port.id)

    def changes(self, nodes: Collection[Node], wires: Collection[Wire]) -> list[Edit]:
        """The edits of the body that take old ports away and add the new ones with nodes and wires."""
        steps: list[Edit] = []
        former = [wire.id for port in self.reused for wire in (*self.body.incoming(port), *self.body.outgoing(port))]
        if former:
            steps.append(RemoveWires(tuple(dict.fromkeys(former))))
        if self.gone:
            steps.append(RemoveNodes(tuple(sorted(self.gone))))
        ports = (*self.made[0], *self.made[1])
        added = (*sorted(nodes, key=lambda node: node.order), *ports)
        ordered = tuple(sorted(wires, key=lambda wire: wire.order))
        if added:
            steps.append(AddNodes(added, ordered))
        elif ordered:
            steps.append(AddWires(ordered))
        return steps
