"""Edits of nodes, and of the wires that come and go with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graph_model import wiring
from graph_model.edits.edit import Edit, Sequence
from graph_model.edits.wire_edits import RemoveWires
from graph_model.errors import EditError
from graph_model.parameters import complete_values
from graph_model.values import Node, Wire, clean_name, clean_position

if TYPE_CHECKING:
    from graph_model.graph import Graph


@dataclass(frozen=True)
class AddNodes:
    """Add nodes, and wires between them or to nodes that are there."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...] = ()

    def apply(self, graph: Graph) -> Edit:
        names: set[str] = set()
        ids: set[str] = set()
        for node in self.nodes:
            if graph.has_node(node.id) or graph.has_wire(node.id) or node.id in ids:
                raise EditError(f"There is a node with the id '{node.id}' already.")
            if node.name in graph.names() or node.name in names:
                raise EditError(f"There is a node named '{node.name}' already; names must differ.")
            names.add(clean_name(node.name))
            ids.add(node.id)
            graph.definitions.check_kind(graph, node.kind)
            complete_values(graph.kind_named(node.kind).parameters, dict(node.parameters), f"'{node.name}'")
        for node in self.nodes:
            graph.put_node(node)
        try:
            wiring.put_wires(graph, self.wires)
        except EditError:
            for node in self.nodes:
                graph.drop_node(node.id)
            raise
        removal = RemoveNodes(tuple(node.id for node in self.nodes))
        elsewhere = tuple(wire.id for wire in self.wires if not {wire.source, wire.target} & ids)
        return Sequence((RemoveWires(elsewhere), removal)) if elsewhere else removal

    def touched_nodes(self) -> frozenset[str]:
        return frozenset(node.id for node in self.nodes)

    def touched_wires(self) -> frozenset[str]:
        return frozenset(wire.id for wire in self.wires)


@dataclass(frozen=True)
class RemoveNodes:
    """Remove nodes with every wire that touches them."""

    node_ids: tuple[str, ...]

    def apply(self, graph: Graph) -> Edit:
        nodes = tuple(graph.node(identifier) for identifier in dict.fromkeys(self.node_ids))
        wires: dict[str, Wire] = {}
        for node in nodes:
            for wire in (*graph.incoming(node), *graph.outgoing(node)):
                wires[wire.id] = wire
        for identifier in wires:
            graph.drop_wire(identifier)
        for node in nodes:
            graph.drop_node(node.id)
        return AddNodes(nodes, tuple(sorted(wires.values(), key=lambda wire: wire.order)))

    def touched_nodes(self) -> frozenset[str]:
        return frozenset(self.node_ids)

    def touched_wires(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class SetParameters:
    """Give some parameters of a node other values."""

    node_id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, graph: Graph) -> Edit:
        node = graph.node(self.node_id)
        kind = graph.kind_named(node.kind)
        declared = {name: value for name, value in node.parameters.items() if name in kind.parameters}
        # What a place had for a parameter that is no longer lifted stays, and counts again if it is lifted again.
        others = {name: value for name, value in node.parameters.items() if name not in kind.parameters}
        given = {**declared, **self.parameters}
        values = {**complete_values(kind.parameters, given, f"{kind.name} '{node.name}'"), **others}
        former = {name: node.parameters.get(name, kind.parameters[name].default) for name in self.parameters}
        changed = replace(node, parameters=values)
        wiring.check_ports_stay(graph, node, changed)
        graph.put_node(changed)
        return SetParameters(self.node_id, former)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset((self.node_id,))

    def touched_wires(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class Rename:
    """Give a node another name; its id stays, so weights and wires stay with it."""

    node_id: str
    name: str

    def apply(self, graph: Graph) -> Edit:
        node = graph.node(self.node_id)
        name = clean_name(self.name)
        if name != node.name and name in graph.names():
            raise EditError(f"There is a node named '{name}' already; names must differ.")
        graph.put_node(replace(node, name=name))
        return Rename(self.node_id, node.name)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset((self.node_id,))

    def touched_wires(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class Move:
    """Put the centres of nodes somewhere else: id -> (x, y), in scene units."""

    positions: Mapping[str, tuple[float, float]]

    def apply(self, graph: Graph) -> Edit:
        moved = [(graph.node(identifier), clean_position(position)) for identifier, position in self.positions.items()]
        former = {node.id: node.position for node, _ in moved}
        for node, position in moved:
            graph.put_node(replace(node, position=position))
        return Move(former)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset(self.positions)

    def touched_wires(self) -> frozenset[str]:
        return frozenset()


def nodes_added(edit: Edit) -> list[Node]:
    """Return the nodes that an edit, or a part of it, adds to the graph to which it is applied."""
    if isinstance(edit, Sequence):
        return [node for part in edit.edits for node in nodes_added(part)]
    return list(edit.nodes) if isinstance(edit, AddNodes) else []
