"""What a drawing consists of and how it is read: a networkx multigraph, and indexes beside it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, cast

from graph_model import wiring
from graph_model.blocks.definition import is_block
from graph_model.catalogue import kind_named, kinds
from graph_model.catalogue.blocks import DELAY
from graph_model.errors import EditError
from graph_model.kind import Kind
from graph_model.values import Node, Wire

if TYPE_CHECKING:
    import networkx

    from graph_model.blocks.definitions import Definitions


class Network:
    """The nodes and wires of a drawing. Where a node or a wire is taken, its id or any value of it will do."""

    def __init__(self, name: str, definitions: Definitions | None = None, definition_id: str | None = None) -> None:
        import networkx

        self.name = name
        self.definitions: Definitions = _own_definitions(self) if definitions is None else definitions
        """The blocks that can be placed here, the same for a drawing and the bodies of all its blocks."""
        self.definition_id = definition_id
        """The definition whose body this is; None for a drawing."""
        self.network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        """For reading: a node's key is its id, its attribute "node" the Node; an edge's key is the wire's
        id, its attribute "wire" the Wire."""
        self._id_of_name: dict[str, str] = {}
        self._wires: dict[str, Wire] = {}
        self._arriving: dict[str, dict[str, Wire]] = {}
        self._leaving: dict[str, dict[str, Wire]] = {}
        """Node id -> wire id -> Wire: networkx's own views take ten times as long to read."""
        self._tied: dict[str, dict[str, None]] = {}
        """Tie -> the ids of the wires that it holds together."""
        self._places: dict[str, None] = {}
        self._delays: dict[str, None] = {}
        self._used_ids: set[str] = set()
        self._running_order: list[str] | None = None
        """The ids in the order of running, as long as no node or wire comes or goes."""
        self._orders = itertools.count()
        self._last_position: tuple[float, float] | None = None

    def kind_named(self, name: Any) -> Kind:
        """Return a kind's declaration, or a block's; raises EditError for a name that neither the catalogue nor the
        document knows."""
        if isinstance(name, str) and is_block(name):
            return self.definitions.kind(name)
        try:
            return kind_named(name)
        except (KeyError, TypeError):
            raise EditError(f"There is no kind {name!r}. The catalogue has {', '.join(kinds())}.") from None

    def kind_of(self, node: Node | str) -> Kind:
        """Return the declaration of a node's kind, with the ports that it has for the node's parameters."""
        return self.declaration(self.node(node))

    def declaration(self, node: Node) -> Kind:
        """Return the declaration of the kind of a node that need not be in the drawing yet."""
        return self.kind_named(node.kind).declared_for(node.parameters)

    def node(self, node: Node | str) -> Node:
        """Return a node's present value, by id or by any value that it had; raises EditError if gone."""
        identifier = node.id if isinstance(node, Node) else node
        try:
            return cast(Node, self.network.nodes[identifier]["node"])
        except KeyError:
            shown = node.name if isinstance(node, Node) else node
            raise EditError(f"There is no node '{shown}' in this drawing.") from None

    def has_node(self, identifier: str) -> bool:
        """Whether a node of this id is in the drawing."""
        return identifier in self.network

    def node_named(self, name: str) -> Node:
        """Return the node of a name; raises EditError if there is none."""
        if name not in self._id_of_name:
            raise EditError(f"There is no node named '{name}' in this drawing.")
        return self.node(self._id_of_name[name])

    def wire(self, wire: Wire | str) -> Wire:
        """Return a wire's present value; raises EditError if it is gone."""
        identifier = wire.id if isinstance(wire, Wire) else wire
        if identifier not in self._wires:
            raise EditError(f"There is no wire '{identifier}' in this drawing.")
        return self._wires[identifier]

    def has_wire(self, identifier: str) -> bool:
        """Whether a wire of this id is in the drawing."""
        return identifier in self._wires

    def nodes(self) -> list[Node]:
        """Return all nodes, in the order of adding."""
        values: list[Node] = [data["node"] for _, data in self.network.nodes(data=True)]
        return sorted(values, key=_order)

    def wires(self) -> list[Wire]:
        """Return all wires, in the order of connecting."""
        return sorted(self._wires.values(), key=_order)

    def tied(self, tie: str) -> list[Wire]:
        """Return the wires that share one weight under this label, in the order of connecting."""
        return sorted((self._wires[identifier] for identifier in self._tied.get(tie, ())), key=_order)

    def one_tied(self, tie: str) -> Wire | None:
        """Return one of the wires that share one weight under this label, without looking at the others."""
        identifier = next(iter(self._tied.get(tie, ())), None)
        return None if identifier is None else self._wires[identifier]

    def ties(self) -> Collection[str]:
        """Return the labels by which wires are tied."""
        return self._tied.keys()

    def with_tied(self, wire_ids: Iterable[str]) -> set[str]:
        """Return these ids of wires, and those of all wires that are tied to one of them."""
        found = set(wire_ids)
        for tie in {self._wires[identifier].tie for identifier in found if identifier in self._wires}:
            if tie is not None:
                found.update(self._tied[tie])
        return found

    def names(self) -> Collection[str]:
        """Return the names of all nodes."""
        return self._id_of_name.keys()

    def incoming(self, node: Node | str, input: int | None = None) -> list[Wire]:
        """Return the wires that arrive at a node (at one of its ports), in the order of connecting."""
        wires = self._arriving[self.node(node).id].values()
        return sorted((wire for wire in wires if input is None or wire.input == input), key=_order)

    def one_incoming(self, node: Node | str, input: int) -> Wire | None:
        """Return one of the wires that arrive at a port, without looking at the others."""
        edges: Any = self.network.in_edges(self.node(node).id, data="wire")
        return next((wire for _, _, wire in edges if wire.input == input), None)

    def outgoing(self, node: Node | str, output: int | None = None) -> list[Wire]:
        """Return the wires that leave a node (from one of its ports), in the order of connecting."""
        wires = self._leaving[self.node(node).id].values()
        return sorted((wire for wire in wires if output is None or wire.output == output), key=_order)

    def places(self) -> list[Node]:
        """Return the nodes that are places of blocks, in the order of adding."""
        return sorted((self.node(identifier) for identifier in self._places), key=_order)

    def within_step(self) -> networkx.MultiDiGraph[str]:
        """Return the network as it runs at one time step: without the wires into a Delay, which may close loops."""
        if not self._delays:
            return self.network
        import networkx

        view: networkx.MultiDiGraph[str] = networkx.subgraph_view(
            self.network, filter_edge=lambda _, target, __: target not in self._delays
        )
        return view

    def topological_order(self) -> list[Node]:
        """Return all nodes so that each follows what feeds it; ties in the order of adding."""
        if self._running_order is None:
            self._running_order = self._sorted_ids()
        nodes: Any = self.network.nodes
        return [nodes[identifier]["node"] for identifier in self._running_order]

    def _sorted_ids(self) -> list[str]:
        """Kahn's algorithm on our own indexes: networkx's takes five times as long, at every structural edit."""
        nodes: Any = self.network.nodes
        waiting = {
            identifier: 0 if identifier in self._delays else len(arriving)
            for identifier, arriving in self._arriving.items()
        }
        ready = [(nodes[identifier]["node"].order, identifier) for identifier, count in waiting.items() if not count]
        heapq.heapify(ready)
        found: list[str] = []
        while ready:
            _, identifier = heapq.heappop(ready)
            found.append(identifier)
            for wire in self._leaving[identifier].values():
                if wire.target not in self._delays:
                    waiting[wire.target] -= 1
                    if not waiting[wire.target]:
                        heapq.heappush(ready, (nodes[wire.target]["node"].order, wire.target))
        return found

    def arriving_wires(self, identifier: str) -> Collection[Wire]:
        """The wires that arrive at a node, in no order, without a copy."""
        return self._arriving[identifier].values()

    def can_connect(
        self,
        source: Node | str,
        target: Node | str,
        *,
        output: int = 0,
        input: int = 0,
        instead_of: Wire | str | None = None,
    ) -> str | None:
        """Return None if a wire can be drawn, else the reason why not as a sentence.

        `instead_of`: a wire that is taken away at the same time (a wire that is plugged in elsewhere).
        """
        ignored = None if instead_of is None else self.wire(instead_of).id
        source, target = self.node(source), self.node(target)
        return wiring.refusal(self, source, target, output=output, input=input, ignored=ignored)

    def __eq__(self, other: object) -> bool:
        """Whether two drawings have the same name, equal nodes and wires in the same order, and equal blocks."""
        if not isinstance(other, Network):
            return NotImplemented
        if self.name != other.name or self.contents() != other.contents():
            return False
        if self.definition_id is not None or other.definition_id is not None:
            return True
        return self.definitions.contents() == other.definitions.contents()

    __hash__ = None  # type: ignore[assignment]

    def contents(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return what the drawing consists of, without creation numbers, for comparing."""
        nodes = [(n.id, n.kind, n.name, dict(n.parameters), n.position) for n in self.nodes()]
        wires = [
            (w.id, w.source, w.target, w.output, w.input, w.element, w.weight, w.trainable, w.tie) for w in self.wires()
        ]
        return nodes, wires

    def __repr__(self) -> str:
        return f"<Graph {self.name!r}: {self.network.number_of_nodes()} nodes, {len(self._wires)} wires>"

    # What edits are made of. Only graph_model.edits calls these; none of them checks or announces anything.

    def put_node(self, node: Node) -> None:
        """Put a node in, or in the place of its former value."""
        if node.id in self.network:
            former: Node = self.network.nodes[node.id]["node"]
            self._id_of_name.pop(former.name, None)
            if former.order != node.order:
                self._running_order = None
        else:
            self._running_order = None
            self._arriving[node.id], self._leaving[node.id] = {}, {}
            if is_block(node.kind):
                self._places[node.id] = None
            elif node.kind == DELAY:
                self._delays[node.id] = None
        self.network.add_node(node.id, node=node)
        self._id_of_name[node.name] = node.id
        self._used_ids.add(node.id)
        self._last_position = node.position
        self._keep_orders_ahead_of(node.order)

    def drop_node(self, identifier: str) -> None:
        """Take a node out; its wires must be gone."""
        node: Node = self.network.nodes[identifier]["node"]
        self._running_order = None
        self.network.remove_node(identifier)
        del self._arriving[identifier], self._leaving[identifier]
        self._places.pop(identifier, None)
        self._delays.pop(identifier, None)
        self._id_of_name.pop(node.name, None)

    def put_wire(self, wire: Wire) -> None:
        """Put a wire in, or in the place of its former value."""
        former = self._wires.get(wire.id)
        if former is not None:
            self._untie(former)
        if former is None or (former.source, former.target) != (wire.source, wire.target):
            self._running_order = None
        self.network.add_edge(wire.source, wire.target, key=wire.id, wire=wire)
        self._leaving[wire.source][wire.id] = self._arriving[wire.target][wire.id] = wire
        self._wires[wire.id] = wire
        if wire.tie is not None:
            self._tied.setdefault(wire.tie, {})[wire.id] = None
        self._used_ids.add(wire.id)
        self._keep_orders_ahead_of(wire.order)

    def drop_wire(self, identifier: str) -> None:
        """Take a wire out."""
        wire = self._wires.pop(identifier)
        self._running_order = None
        self._untie(wire)
        self.network.remove_edge(wire.source, wire.target, key=identifier)
        del self._leaving[wire.source][identifier], self._arriving[wire.target][identifier]

    def _untie(self, wire: Wire) -> None:
        if wire.tie is not None:
            self._tied[wire.tie].pop(wire.id, None)
            if not self._tied[wire.tie]:
                del self._tied[wire.tie]

    def _keep_orders_ahead_of(self, order: int) -> None:
        upcoming = next(self._orders)
        self._orders = itertools.count(max(upcoming, order + 1))


def _own_definitions(root: Network) -> Definitions:
    from graph_model.blocks.definitions import Definitions
    from graph_model.graph import Graph

    return Definitions(cast(Graph, root))


def _order(value: Node | Wire) -> int:
    return value.order
