"""Nodes become a block. Their ids, weights on wires, positions and orders stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from graph_model.blocks.definition import Definition, definition_id
from graph_model.blocks.edits import AddDefinition
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.regrouping import Regrouping, centre_of
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddNodes, RemoveNodes
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.parameters import Parameter, complete_values
from graph_model.values import Node, Wire, clean_name, free_name, identifier_from_name

Position = tuple[float, float]


def group(graph: Graph, node_ids: Collection[str], name: str = "block") -> Regrouping:
    """Put nodes into a new block, with a port for each different value that enters or leaves.

    Raises EditError if they cannot stand in a block, or if a way leads out of them and back in.
    """
    chosen = [node for node in graph.nodes() if node.id in set(node_ids)]
    check_groupable(graph, chosen)
    return _Grouping(graph, chosen, name).result()


def check_groupable(graph: Graph, chosen: Sequence[Node]) -> None:
    """Raise EditError if these nodes cannot be taken together as one."""
    import networkx

    if not chosen:
        raise EditError("There is nothing to put together: select a node first.")
    for node in chosen:
        if graph.kind_of(node).stands_in:
            raise EditError(
                f"'{node.name}' cannot go into a block: it is where values enter or leave. Deselect it first."
            )
    inside = {node.id for node in chosen}
    network = graph.within_step()
    behind = set().union(*(networkx.descendants(network, identifier) for identifier in inside)) - inside
    before = set().union(*(networkx.ancestors(network, identifier) for identifier in inside)) - inside
    between = sorted((graph.node(identifier) for identifier in behind & before), key=lambda node: node.order)
    if between:
        raise EditError(
            f"These nodes cannot be one block: a way leads out of them through '{between[0].name}' and back in. "
            f"Select '{between[0].name}' as well."
        )


class _Grouping:
    """Makes one block out of nodes."""

    def __init__(self, graph: Graph, chosen: list[Node], name: str) -> None:
        self.graph = graph
        self.chosen = chosen
        self.inside = {node.id for node in chosen}
        names = {definition.name for definition in graph.definitions}
        self.name = free_name(clean_name(name), names)
        self.id = definition_id(self.name, {definition.id for definition in graph.definitions})
        wires = [wire for node in chosen for wire in (*graph.incoming(node), *graph.outgoing(node))]
        self.wires = sorted({wire.id: wire for wire in wires}.values(), key=lambda wire: wire.order)
        self.taken = {*self.inside, *(wire.id for wire in self.wires)}
        self.ports: list[Node] = []
        self.body_wires: list[Wire] = []

    def result(self) -> Regrouping:
        place = self._place()
        entering = self._enter(place)
        leaving = self._leave(place)
        definition = Definition(self.id, self.name)
        body = sorted((*self.chosen, *self.ports), key=lambda node: node.order)
        self.body_wires.sort(key=lambda wire: wire.order)
        edit = Steps(
            (
                AddDefinition(definition, tuple(body), tuple(self.body_wires)),
                RemoveNodes(tuple(node.id for node in self.chosen)),
                AddNodes((place,), tuple(sorted((*entering, *leaving), key=lambda wire: wire.order))),
            )
        )
        moved = {identifier: f"{place.id}{SEPARATOR}{identifier}" for identifier in sorted(self.inside)}
        inner = [wire.id for wire in self.wires if wire.target in self.inside]
        moved |= {identifier: f"{place.id}{SEPARATOR}{identifier}" for identifier in inner}
        return Regrouping(edit, place, (place,), moved)

    def _place(self) -> Node:
        # The definition is not there yet, and with it the parameters of its places: they are those of every block.
        from graph_model.blocks.kind import OVER_TIME, REPEAT, REPEAT_WEIGHTS, RETURNS, WEIGHTS
        from graph_model.catalogue.blocks import DELAY

        over_time = "forward" if any(node.kind == DELAY for node in self.chosen) else "no"
        own: dict[str, Parameter] = {
            parameter.name: parameter for parameter in (WEIGHTS, REPEAT, REPEAT_WEIGHTS, OVER_TIME, RETURNS)
        }
        values = complete_values(own, {OVER_TIME.name: over_time}, self.name)
        model = self.graph.new_node(
            self.chosen[0].kind, name=free_name(self.name, self._other_names()), position=centre_of(self.chosen)
        )
        return replace(model, kind=self.id, parameters=values)

    def _other_names(self) -> set[str]:
        return set(self.graph.names()) - {node.name for node in self.chosen}

    def _enter(self, place: Node) -> list[Wire]:
        """A BlockInput for each value that enters; return the wires to them outside."""
        ports: dict[tuple[str, int], Node] = {}
        outside: list[Wire] = []
        for wire in self.wires:
            if wire.target not in self.inside:
                continue
            if wire.source in self.inside:
                self.body_wires.append(wire)
                continue
            key = (wire.source, wire.output)
            if key not in ports:
                source = self.graph.node(wire.source)
                ports[key] = self._port(BLOCK_INPUT, source.name, len(ports), -1)
                outside.append(self.graph.new_wire(source, place, output=wire.output, input=len(ports) - 1))
            self.body_wires.append(replace(wire, source=ports[key].id, output=0))
        return outside

    def _leave(self, place: Node) -> list[Wire]:
        """A BlockOutput for each value that leaves; return the wires from them outside, with their ids."""
        ports: dict[tuple[str, int], int] = {}
        outside: list[Wire] = []
        for wire in self.wires:
            if wire.source not in self.inside or wire.target in self.inside:
                continue
            key = (wire.source, wire.output)
            if key not in ports:
                source = self.graph.node(wire.source)
                port = self._port(BLOCK_OUTPUT, source.name, len(ports), 1)
                ports[key] = len(ports)
                inner = self.graph.new_wire(source, port, output=wire.output)
                self.body_wires.append(inner)
            outside.append(replace(wire, source=place.id, output=ports[key]))
        if not ports:
            self._leave_unused()
        return outside

    def _leave_unused(self) -> None:
        """Where nothing goes on outside, ports for what nothing takes inside: a block without any could not run."""
        taken = {(wire.source, wire.output) for wire in self.wires}
        for node in self.chosen:
            for output in range(len(self.graph.declaration(node).outputs)):
                if (node.id, output) not in taken:
                    port = self._port(BLOCK_OUTPUT, node.name, len(self.ports), 1)
                    self.body_wires.append(self.graph.new_wire(node, port, output=output))

    def _port(self, kind: str, beside: str, number: int, side: int) -> Node:
        names = {node.name for node in (*self.chosen, *self.ports)}
        positions = [node.position for node in self.chosen]
        x = (min if side < 0 else max)(position[0] for position in positions) + side * COLUMN_DISTANCE
        y = centre_of(self.chosen)[1] + 64.0 * number
        wanted = beside if side < 0 else f"{beside} out"
        name = free_name(wanted, names)
        identifier, count = identifier_from_name(name), 2
        while identifier in self.taken:
            identifier, count = f"{identifier_from_name(name)}_{count}", count + 1
        self.taken.add(identifier)
        values = complete_values(self.graph.kind_named(kind).parameters, {}, name)
        self.ports.append(Node(identifier, kind, name, values, (x, y), self.graph.fresh_order()))
        return self.ports[-1]
