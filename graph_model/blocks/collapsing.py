"""Nodes that were a block before it was expanded become that block again; what was changed meanwhile is in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph_model.blocks.edits import AddDefinition, InDefinition, RemoveDefinition
from graph_model.blocks.expanding import Expansion
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.grouping import check_groupable
from graph_model.blocks.kind import OWN_PARAMETERS
from graph_model.blocks.reassembling import Reassembling
from graph_model.blocks.regrouping import Position, Regrouping
from graph_model.blocks.unique import copied_definition
from graph_model.edits import AddNodes, Edit, Move, RemoveNodes, RemoveWires
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, Wire, free_name


def collapse(
    graph: Graph, expansion: Expansion, node_ids: Collection[str], others: Collection[Expansion] = ()
) -> Regrouping:
    """Put nodes into the block that was expanded: those that came from it, and others that now belong to it.

    If nothing but their places was changed, everything is as it was. Otherwise the definition is made anew from them,
    under another name if the former one is still placed elsewhere. `others`: further expansions of this graph, whether
    collapsed since or not. Raises EditError if they cannot be one block.
    """
    inside = {*node_ids, *expansion.present(graph)}
    chosen = [node for node in graph.nodes() if node.id in inside]
    if graph.has_node(expansion.place.id):
        raise EditError(f"'{expansion.place.name}' stands as one block already.")
    check_groupable(graph, chosen)
    return _Collapsing(graph, expansion, chosen, others).result()


class _Collapsing:
    """Makes the place again, and the definition if it changed."""

    def __init__(self, graph: Graph, expansion: Expansion, chosen: list[Node], others: Collection[Expansion]) -> None:
        self.graph, self.expansion, self.chosen, self.others = graph, expansion, chosen, others
        self.again = Reassembling(graph, expansion, chosen)

    def result(self) -> Regrouping:
        again, former = self.again, self.expansion
        again.assemble()
        steps: list[Edit] = [RemoveNodes(tuple(node.id for node in self.chosen))]
        if again.through:
            steps.append(RemoveWires(tuple(wire.id for wire in again.through)))
        present = [node.id for node in former.nodes] if former.definition.id not in self.graph.definitions else None
        if again.is_unchanged:
            kind, ports = former.definition.id, self._present_ports()
            if present is not None:
                steps.append(AddDefinition(former.definition, former.nodes, former.wires))
            steps += self._moves()
        else:
            kind, ports = self._redefine(steps), [[node.id for node in side] for side in again.ports]
        place = self._place(kind)
        steps.append(AddNodes((place,), self._outer_wires(place, ports)))
        back = self._back()
        if back:
            steps.append(Move(back))
        moved = {node.id: f"{place.id}{SEPARATOR}{again.inner[node.id]}" for node in self.chosen}
        moved |= {outer: f"{place.id}{SEPARATOR}{inner}" for outer, inner in again.inner_wires.items()}
        return Regrouping(Steps(tuple(steps)), place, (place,), moved)

    def _redefine(self, steps: list[Edit]) -> str:
        """Make the definition from what there is now, in the place of the former one if nobody else needs it."""
        again, definitions = self.again, self.graph.definitions
        definition = self.expansion.definition
        body = {node.id for node in again.nodes}
        definition = replace(definition, lifted=tuple(entry for entry in definition.lifted if entry.node in body))
        if definition.id in definitions:
            if definitions.places(definition.id):
                definition = copied_definition(definitions, definition)
            else:
                steps.append(RemoveDefinition(definition.id))
        steps.append(AddDefinition(definition, tuple(again.nodes), tuple(again.wires)))
        self._lifted = {entry.name for entry in definition.lifted}
        return definition.id

    def _place(self, kind: str) -> Node:
        former = self.expansion.place
        parameters = {**former.parameters, **self.again.lifted}
        if not self.again.is_unchanged:
            parameters = {
                name: value for name, value in parameters.items() if name in OWN_PARAMETERS or name in self._lifted
            }
        x, y = former.position
        shift = self.again.shift
        taken = set(self.graph.names()) - {node.name for node in self.chosen}
        return replace(
            former,
            kind=kind,
            name=free_name(former.name, taken),
            parameters=parameters,
            position=(x + shift[0], y + shift[1]) if shift != (0.0, 0.0) else (x, y),
        )

    def _present_ports(self) -> list[list[str]]:
        """The ports as the definition has them now: it may have been changed at another place."""
        from graph_model.blocks.kind import block_ports

        identifier = self.expansion.definition.id
        if identifier not in self.graph.definitions:
            return [[node.id for node in side] for side in self.again.ports]
        return [[node.id for node in side] for side in block_ports(self.graph.definitions.body(identifier))]

    def _outer_wires(self, place: Node, ports: list[list[str]]) -> tuple[Wire, ...]:
        """The wires at the place, with the numbers that their ports have."""
        entering = [
            replace(wire, target=place.id, input=ports[0].index(port))
            for port, wire in self.again.entering
            if port in ports[0]
        ]
        leaving = [
            replace(wire, source=place.id, output=ports[1].index(port))
            for port, wire in self.again.leaving
            if port in ports[1]
        ]
        return tuple(sorted((*entering, *leaving), key=lambda wire: wire.order))

    def _moves(self) -> list[Edit]:
        """What stands elsewhere inside now, where there still is such a node."""
        definitions, former = self.graph.definitions, {node.id: node.position for node in self.expansion.nodes}
        identifier = self.expansion.definition.id
        known = definitions.body(identifier).has_node if identifier in definitions else former.__contains__
        moved = {
            node.id: node.position for node in self.again.nodes if node.position != former[node.id] and known(node.id)
        }
        return [InDefinition(identifier, Move(moved))] if moved else []

    def _back(self) -> dict[str, tuple[float, float]]:
        """Where those go that made room, as far as they are still there."""
        back = {}
        inside = {node.id for node in self.chosen}
        for identifier, (before, after) in self._shifted().items():
            if self.graph.has_node(identifier) and identifier not in inside:
                x, y = self.graph.node(identifier).position
                back[identifier] = before if (x, y) == after else (x - after[0] + before[0], y - after[1] + before[1])
        return back

    def _shifted(self) -> dict[str, tuple[Position, Position]]:
        """What made room: a block that was collapsed since for its nodes, those of one that was expanded for it."""
        shifted = dict(self.expansion.shifted)
        for other in self.others:
            if other.place.id in shifted:
                shifted |= dict.fromkeys(other.present(self.graph), shifted[other.place.id])
            nodes = [shifted[node.id] for node in other.made.values() if node.id in shifted]
            if nodes and other.place.id not in shifted:
                shifted[other.place.id] = nodes[0]
        return shifted
