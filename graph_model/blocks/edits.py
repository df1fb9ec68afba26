"""Edits of definitions. Each can be applied to the drawing or to any body that shares its definitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph_model.blocks.definition import Definition, clean_definition
from graph_model.blocks.liftable import decides_ports
from graph_model.blocks.replugging import Restoring
from graph_model.edits import AddNodes, Edit, Sequence, SetParameters
from graph_model.errors import EditError
from graph_model.parameters import Parameter
from graph_model.values import Node, Wire

if TYPE_CHECKING:
    from graph_model.graph import Graph


class _OfDefinitions:
    """An edit that changes no node or wire of the graph that it is applied to."""

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class AddDefinition(_OfDefinitions):
    """Add a definition with its body's nodes and wires."""

    definition: Definition
    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()

    def apply(self, graph: Graph) -> Edit:
        definitions = graph.definitions
        definition = clean_definition(self.definition)
        if definition.id in definitions:
            raise EditError(f"There is a block with the id '{definition.id}' already.")
        _check_name(graph, definition)
        body = definitions.put(definition)
        try:
            if self.nodes or self.wires:
                body.apply(AddNodes(self.nodes, self.wires))
            _check_lifted(graph, definition)
        except EditError:
            definitions.drop(definition.id)
            raise
        return RemoveDefinition(definition.id)


@dataclass(frozen=True)
class RemoveDefinition(_OfDefinitions):
    """Remove a definition that is placed nowhere."""

    definition_id: str

    def apply(self, graph: Graph) -> Edit:
        definitions = graph.definitions
        definition = definitions.definition(self.definition_id)
        places = definitions.places(self.definition_id)
        if places:
            key, node_id = places[0]
            where = definitions.graph(key).node(node_id).name
            raise EditError(
                f"The block '{definition.name}' cannot be removed: it is placed {len(places)} times, e.g. as '{where}'."
            )
        body = definitions.body(self.definition_id)
        addition = AddDefinition(definition, tuple(body.nodes()), tuple(body.wires()))
        definitions.drop(self.definition_id)
        return addition


@dataclass(frozen=True)
class SetDefinition(_OfDefinitions):
    """Give a definition another name, colour, description or other lifted parameters; its id stays.

    Values that places have for parameters that are no longer lifted are given up; undoing brings them back.
    """

    definition: Definition

    def apply(self, graph: Graph) -> Edit:
        definitions = graph.definitions
        former = definitions.definition(self.definition.id)
        definition = clean_definition(self.definition)
        _check_name(graph, definition)
        _check_lifted(graph, definition)
        definitions.put(definition)
        given: list[tuple[str, SetParameters]] = []
        for key, node_id in definitions.places(definition.id):
            place = definitions.graph(key).node(node_id)
            parameters = definitions.kind(definition.id).parameters
            values = {name: place.parameters.get(name, one.default) for name, one in parameters.items()}
            if values != place.parameters:
                given.append((key, SetParameters(node_id, dict(place.parameters))))
                definitions.graph(key).put_node(replace(place, parameters=values))
        restored = Sequence(tuple(InDefinition(key, edit) if key else edit for key, edit in given))
        inverse: Edit = SetDefinition(former)
        return Sequence((inverse, OnRoot(restored))) if given else inverse


@dataclass(frozen=True)
class OnRoot(_OfDefinitions):
    """An edit of the drawing itself, from wherever."""

    edit: Edit

    def apply(self, graph: Graph) -> Edit:
        root = graph.definitions.root
        return OnRoot(self.edit.apply(root) if graph is root else root.apply(self.edit))


@dataclass(frozen=True)
class InDefinition(_OfDefinitions):
    """An edit of a definition's body."""

    definition_id: str
    edit: Edit

    def apply(self, graph: Graph) -> Edit:
        body = graph.definitions.body(self.definition_id)
        return InDefinition(self.definition_id, body.apply(self.edit))


@dataclass(frozen=True)
class ReorderPorts:
    """Put the BlockInputs, or the BlockOutputs, of a body into another order: all their ids, the first port first.

    Apply it to the body; wires at all places stay with their ports.
    """

    node_ids: tuple[str, ...]

    def apply(self, graph: Graph) -> Edit:
        nodes = [graph.node(identifier) for identifier in self.node_ids]
        kinds = {node.kind for node in nodes}
        same = [node for node in graph.nodes() if node.kind in kinds]
        if len(kinds) != 1 or {node.id for node in nodes} != {node.id for node in same}:
            raise EditError("All ports of one side of a block must be named to put them into another order.")
        orders = sorted(node.order for node in nodes)
        for node, order in zip(nodes, orders, strict=True):
            graph.put_node(replace(node, order=order))
        return ReorderPorts(tuple(node.id for node in same))

    def touched_nodes(self) -> frozenset[str]:
        return frozenset(self.node_ids)

    def touched_wires(self) -> frozenset[str]:
        return frozenset()


def changes_blocks(edit: Edit) -> bool:
    """Whether an edit, or a part of it, changes a definition, a body or its ports: more than the nodes and wires that
    it touches may look different afterwards."""
    if isinstance(edit, Sequence):
        return any(changes_blocks(part) for part in edit.edits)
    return isinstance(edit, (_OfDefinitions, ReorderPorts, Restoring))


def without_block(edit: object) -> object:
    """Return what an edit does inside a block, wherever that is; any other edit as it is."""
    while isinstance(edit, InDefinition):
        edit = edit.edit
    return edit


def _check_name(graph: Graph, definition: Definition) -> None:
    for other in graph.definitions:
        if other.name == definition.name and other.id != definition.id:
            raise EditError(f"There is a block named '{definition.name}' already; names must differ.")


def _check_lifted(graph: Graph, definition: Definition) -> None:
    body = graph.definitions.body(definition.id)
    first: dict[str, Parameter] = {}
    for entry in definition.lifted:
        if not body.has_node(entry.node):
            raise EditError(f"'{entry.name}' of the block '{definition.name}' is lifted from a node that is not there.")
        if entry.parameter not in body.kind_of(entry.node).parameters:
            name = body.node(entry.node).name
            raise EditError(f"'{entry.name}' cannot be lifted: '{name}' has no parameter '{entry.parameter}'.")
        if decides_ports(body, body.node(entry.node), entry.parameter):
            name = body.node(entry.node).name
            raise EditError(
                f"{entry.parameter} of '{name}' cannot be set by each place: it says which ports '{name}' has, and the "
                f"wires inside are the same for all places."
            )
        parameter = body.kind_of(entry.node).parameters[entry.parameter]
        if type(first.setdefault(entry.name, parameter)) is not type(parameter):
            raise EditError(
                f"'{entry.name}' cannot set {entry.parameter} of '{body.node(entry.node).name}' too: it is of another "
                "type than what it sets already. Choose another name."
            )
