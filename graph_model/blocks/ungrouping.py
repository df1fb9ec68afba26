"""A block becomes nodes again: what grouping did is undone, whatever happened to the block meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph_model.blocks.edits import RemoveDefinition
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.kind import block_ports
from graph_model.blocks.regrouping import Regrouping, centre_of
from graph_model.edits import AddNodes, Edit, RemoveNodes
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, Wire, free_name


def ungroup(graph: Graph, place: Node | str) -> Regrouping:
    """Put what is in a block in the place of it; the definition goes if it is placed nowhere else.

    Raises EditError for a place that is repeated, applied over time or shares its weights.
    """
    node = graph.node(place)
    check_ungroupable(node)
    return Ungrouping(graph, node).result()


def check_ungroupable(node: Node) -> None:
    """Raise EditError for a place that stands for more than its body."""
    values = node.parameters
    for given, words in (
        (values["repeat"] != 1, "is repeated: set repeat to 1"),
        (values["over_time"] != "no", "is applied over time: choose no for over_time"),
        (bool(values["weights"]), "shares its weights: clear its label of weights"),
    ):
        if given:
            raise EditError(f"'{node.name}' {words} first, then it can be ungrouped.")


class Ungrouping:
    """Puts a body in the place of a node."""

    def __init__(self, graph: Graph, place: Node, kept: Collection[Node | Wire] = ()) -> None:
        """`kept`: what is to come back later, so that nothing gets its id or its place in the order meanwhile."""
        self.graph = graph
        self.place = place
        self.kept_ids = {one.id for one in kept}
        self.body = graph.definitions.body(place.kind)
        self.ports = block_ports(self.body)
        self.port_ids = {node.id for side in self.ports for node in side}
        self.made: dict[str, Node] = {}
        self.moved: dict[str, str] = {}
        self.used: set[str] = set()
        """Ids that were given to what is made."""
        self.origins: dict[str, str] = {}
        """Id of a wire that is made -> id of the wire inside that it stands for, perhaps one of several."""
        self.doubles: dict[str, str] = {}
        """Id of a wire that is made -> id of the one beside it that stands for the same wire of the place."""
        self.wires: tuple[Wire, ...] = ()
        self.orders = {one.order for one in (*graph.nodes(), *graph.wires(), *kept)}

    def result(self, keeps_definition: bool = False) -> Regrouping:
        """The edit. `keeps_definition`: the definition stays even where it is placed nowhere else."""
        self._nodes()
        made = [*self._inner_wires(), *self._outgoing_wires()]
        self.wires = tuple(sorted(made, key=lambda wire: wire.order))
        steps: list[Edit] = [RemoveNodes((self.place.id,)), AddNodes(tuple(self.made.values()), self.wires)]
        if not keeps_definition and len(self.graph.definitions.places(self.place.kind)) == 1:
            steps.append(RemoveDefinition(self.place.kind))
        return Regrouping(Steps(tuple(steps)), None, tuple(self.made.values()), self.moved)

    def _nodes(self) -> None:
        inner = [node for node in self.body.nodes() if node.id not in self.port_ids]
        centre = centre_of(inner) if inner else self.place.position
        offset = (self.place.position[0] - centre[0], self.place.position[1] - centre[1])
        names = set(self.graph.names()) - {self.place.name}
        given = self.graph.definitions.definition(self.place.kind).set_inside(self.place.parameters)
        for node in inner:
            lifted = {name: value for (inside, name), value in given.items() if inside == node.id}
            name = free_name(node.name, names)
            names.add(name)
            identifier = node.id if self._is_free(node.id) else self.graph.fresh_id(name)
            self.used.add(self.graph.reserve(identifier))
            self.made[node.id] = Node(
                identifier,
                node.kind,
                name,
                {**node.parameters, **lifted},
                (node.position[0] + offset[0], node.position[1] + offset[1]),
                self.graph.fresh_order() if node.order in self.orders else node.order,
            )
            self.moved[f"{self.place.id}{SEPARATOR}{node.id}"] = identifier

    def _is_free(self, identifier: str) -> bool:
        taken = self.graph.has_node(identifier) or self.graph.has_wire(identifier)
        return not taken and identifier not in self.used and identifier not in self.kept_ids

    def _inner_wires(self) -> list[Wire]:
        """The wires inside; those that begin at a port begin where the wire outside begins."""
        wires: list[Wire] = []
        inputs = [node.id for node in self.ports[0]]
        for wire in self.body.wires():
            if wire.target in self.port_ids:
                continue
            if wire.source in self.port_ids:
                for outer in self.graph.incoming(self.place, inputs.index(wire.source)):
                    wires.append(self._wire(wire, outer.source, outer.output, self.made[wire.target].id, wire.input))
            else:
                wires.append(
                    self._wire(wire, self.made[wire.source].id, wire.output, self.made[wire.target].id, wire.input)
                )
        return wires

    def _outgoing_wires(self) -> list[Wire]:
        """The wires that leave the place begin at what feeds the port inside, or at what goes straight through."""
        wires: list[Wire] = []
        for wire in self.graph.outgoing(self.place):
            for number, (source, output) in enumerate(self.behind(wire.output)):
                fresh = wire if number == 0 else self.graph.new_wire(self.place, self.place)
                if number:
                    self.doubles[fresh.id] = wire.id
                wires.append(replace(wire, id=fresh.id, source=source, output=output, order=fresh.order))
        return wires

    def behind(self, port: int) -> list[tuple[str, int]]:
        """What the wires from an output port of the place begin at instead: (node, output)."""
        found: list[tuple[str, int]] = []
        inputs = [node.id for node in self.ports[0]]
        for wire in self.body.incoming(self.ports[1][port]):
            if wire.source in inputs:
                outside = self.graph.incoming(self.place, inputs.index(wire.source))
                found += [(outer.source, outer.output) for outer in outside]
            else:
                found.append((self.made[wire.source].id, wire.output))
        return found

    def _wire(self, wire: Wire, source: str, output: int, target: str, input: int) -> Wire:
        identifier = wire.id if self._is_free(wire.id) else self.graph.new_wire(self.place, self.place).id
        self.used.add(self.graph.reserve(identifier))
        self.origins[identifier] = wire.id
        self.moved.setdefault(f"{self.place.id}{SEPARATOR}{wire.id}", identifier)
        return Wire(
            identifier,
            source,
            target,
            output,
            input,
            wire.element,
            wire.weight,
            self.graph.fresh_order() if wire.order in self.orders else wire.order,
            wire.trainable,
            wire.tie,
        )
