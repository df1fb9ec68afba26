"""Edits: everything that changes a drawing is a value that applies itself and returns its inverse.

An edit checks before it changes anything: if it raises EditError, the graph is as it was. Call
`Graph.apply(edit)` (or `Document.apply`), which announces it; `edit.apply(graph)` alone does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from graph_model import wiring
from graph_model.errors import EditError
from graph_model.parameters import complete_values
from graph_model.values import (
    Node,
    Wire,
    clean_element,
    clean_name,
    clean_position,
    clean_tie,
    clean_trainable,
    clean_weight,
)

if TYPE_CHECKING:
    from graph_model.graph import Graph


@runtime_checkable
class Edit(Protocol):
    """A reversible change of a graph."""

    def apply(self, graph: Graph) -> Edit:
        """Change the graph and return the edit that changes it back; raises EditError and changes nothing."""
        ...

    def touched_nodes(self) -> frozenset[str]:
        """Return the ids of the nodes that are added, removed or changed."""
        ...

    def touched_wires(self) -> frozenset[str]:
        """Return the ids of the wires that are added, removed or changed."""
        ...


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
class AddWires:
    """Add wires between nodes that are there."""

    wires: tuple[Wire, ...]

    def apply(self, graph: Graph) -> Edit:
        wiring.put_wires(graph, self.wires)
        return RemoveWires(tuple(wire.id for wire in self.wires))

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset(wire.id for wire in self.wires)


@dataclass(frozen=True)
class RemoveWires:
    """Remove wires."""

    wire_ids: tuple[str, ...]

    def apply(self, graph: Graph) -> Edit:
        wires = tuple(graph.wire(identifier) for identifier in dict.fromkeys(self.wire_ids))
        for wire in wires:
            graph.drop_wire(wire.id)
        return AddWires(wires)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset(self.wire_ids)


@dataclass(frozen=True)
class SetParameters:
    """Give some parameters of a node other values."""

    node_id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, graph: Graph) -> Edit:
        node = graph.node(self.node_id)
        owner = f"{node.kind} '{node.name}'"
        values = complete_values(graph.kind_named(node.kind).parameters, {**node.parameters, **self.parameters}, owner)
        former = {name: node.parameters[name] for name in self.parameters}
        graph.put_node(replace(node, parameters=values))
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


@dataclass(frozen=True)
class SetWire:
    """Set what a wire carries: which element it picks, which weight it starts with, whether that is trained, and
    which wires share it. What is not given stays.

    A weight that is given to a tied wire is given to all that share it; a wire that is tied to others takes theirs.
    """

    wire_id: str
    element: int | None | EllipsisType = ...
    weight: float | tuple[float, ...] | None | EllipsisType = ...
    trainable: bool | EllipsisType = ...
    tie: str | None | EllipsisType = ...

    def apply(self, graph: Graph) -> Edit:
        former = graph.wire(self.wire_id)
        wire = self._changed(former)
        sharing = [other for other in graph.tied(wire.tie) if other.id != wire.id] if wire.tie is not None else []
        if sharing and wire.tie != former.tie and self.weight is ...:
            wire = replace(wire, weight=sharing[0].weight, trainable=sharing[0].trainable)
        others = [replace(other, weight=wire.weight, trainable=wire.trainable) for other in sharing]
        return ReplaceWires((wire, *others)).apply(graph)

    def _changed(self, wire: Wire) -> Wire:
        if self.element is not ...:
            wire = replace(wire, element=clean_element(self.element))
        if self.weight is not ...:
            wire = replace(wire, weight=clean_weight(self.weight))
        if self.trainable is not ...:
            wire = replace(wire, trainable=clean_trainable(self.trainable))
        if self.tie is not ...:
            wire = replace(wire, tie=clean_tie(self.tie))
        return wire

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset((self.wire_id,))


@dataclass(frozen=True)
class ReplaceWires:
    """Put other values in the place of wires with the same ids; their ends stay."""

    wires: tuple[Wire, ...]

    def apply(self, graph: Graph) -> Edit:
        formers = tuple(graph.wire(wire.id) for wire in self.wires)
        for wire, former in zip(self.wires, formers, strict=True):
            if (wire.source, wire.target, wire.output, wire.input) != (
                former.source,
                former.target,
                former.output,
                former.input,
            ):
                raise EditError(f"The wire '{wire.id}' cannot be plugged in elsewhere by giving it other values.")
            wiring.check_weighing(graph.node(wire.source), graph.node(wire.target), wire)
        for wire in self.wires:
            graph.put_wire(wire)
        return ReplaceWires(formers)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset(wire.id for wire in self.wires)


@dataclass(frozen=True)
class Sequence:
    """Several edits as one step; if one of them cannot be applied, those before it are taken back."""

    edits: tuple[Edit, ...]

    def apply(self, graph: Graph) -> Edit:
        inverses: list[Edit] = []
        try:
            for edit in self.edits:
                inverses.append(edit.apply(graph))
        except EditError:
            for inverse in reversed(inverses):
                inverse.apply(graph)
            raise
        return Sequence(tuple(reversed(inverses)))

    def touched_nodes(self) -> frozenset[str]:
        return frozenset().union(*(edit.touched_nodes() for edit in self.edits))

    def touched_wires(self) -> frozenset[str]:
        return frozenset().union(*(edit.touched_wires() for edit in self.edits))
