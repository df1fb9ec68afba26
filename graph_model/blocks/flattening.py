"""A drawing with blocks as one without: every place is replaced by its body, as often as it is repeated.

Ids and names of what was inside are paths: "layer1/conv1". A place that is applied over time stays one node.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph_model.blocks.counting import MOST_PLACED, placed_nodes
from graph_model.blocks.definition import is_block
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.catalogue.neurons import BIAS_TIE
from graph_model.graph import Graph
from graph_model.values import Node, Wire

SEPARATOR = "/"
SHARING = "="
"""Between a definition's id and the label of weights that its places share, in the id of what owns them."""
GATHERING = "Identity"
"""The kind that stands for a port of a block at which several neurons arrive."""


@dataclass(frozen=True)
class Flat:
    """A drawing without blocks.

    `owners`: id of a node -> id under which its weights are kept, where these differ: nodes of one owner share them.
    `bodies`: id of a node -> the definition in whose body it is drawn, "" for the drawing itself.
    """

    graph: Graph
    owners: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    leaving: Mapping[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    """(path of a place, output port) -> the node and its port whose result leaves there."""
    drawn_as: str = ""
    """The definition whose body the whole is a copy of, "" for none."""

    def owner(self, node_id: str) -> str:
        """The id under which a node's weights are kept."""
        return self.owners.get(node_id, node_id)

    def keeps(self, owners: Iterable[str]) -> bool:
        """Whether there is still something in the drawing whose weights are kept under each of these ids."""
        shared = set(self.owners.values())
        return all(
            any(self.graph.has_node(path) or self.graph.has_wire(path) or path in shared for path in paths_to(owner))
            for owner in owners
        )

    def drawn_in(self, node_id: str) -> tuple[Graph, str]:
        """Return the graph in which a node is drawn, and its id there."""
        body = self.bodies.get(node_id) or self.drawn_as
        return self.graph.definitions.graph(body), node_id.rpartition(SEPARATOR)[2]


def flatten(graph: Graph) -> Flat:
    """Return a drawing without its blocks; one that has none is returned itself, of one that is too large nothing."""
    if not graph.places():
        return Flat(graph)
    kept = _LATEST.get(id(graph))
    if kept is not None and kept[0]() is graph and kept[1] == graph.revision:
        return kept[2]
    too_large = placed_nodes(graph) > MOST_PLACED
    flat = Flat(Graph(graph.name, graph.definitions)) if too_large else _Flattening(graph).flat()
    key = id(graph)
    _LATEST[key] = (weakref.ref(graph, lambda _: _LATEST.pop(key, None)), graph.revision, flat)
    return flat


_LATEST: dict[int, tuple[weakref.ref[Graph], int, Flat]] = {}
"""The last result for each drawing: every look at a drawing asks for it again."""


def paths_to(identifier: str) -> list[str]:
    """Return a path and the paths of all that it lies in: "a/b" -> "a/b", "a"."""
    parts = identifier.split(SEPARATOR)
    return [SEPARATOR.join(parts[:count]) for count in range(len(parts), 0, -1)]


def is_applied_over_time(graph: Graph, node: Node) -> bool:
    """Whether a node is the place of a block that is applied to each time step."""
    return is_block(node.kind) and graph.definitions.kind(node.kind).direction(node.parameters) != "no"


@dataclass(frozen=True)
class _Instance:
    """One copy of a body. `path`, `owner`: what ids, and ids of owners, begin with; `names`: what names begin with.
    `place`: the node that it stands for, in `outer`; `number`: which repetition it is, from 0."""

    graph: Graph
    path: str = ""
    owner: str = ""
    names: str = ""
    outer: _Instance | None = None
    place: Node | None = None
    number: int = 0
    lifted: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    """(id of a node inside, parameter) -> the value that the place gives it."""

    @property
    def definition_id(self) -> str:
        return self.graph.definition_id or ""

    def as_set(self, node: Node) -> Node:
        """Return a node of the body with the parameters that the place gives it."""
        values = {name: value for (inside, name), value in self.lifted.items() if inside == node.id}
        return node.with_parameters(values) if values else node


def _repetition(identifier: str, number: int) -> str:
    """The id or name of a repetition of what is one node; the first has that of the node."""
    return f"{identifier}{SEPARATOR}{number + 1}" if number else identifier


class _Flattening:
    """Goes through the drawing, body by body."""

    def __init__(self, root: Graph) -> None:
        self.root = root
        self.result = Graph(root.name, root.definitions)
        self.owners: dict[str, str] = {}
        self.bodies: dict[str, str] = {}
        self.leaving: dict[tuple[str, int], tuple[str, int]] = {}
        self.wires: list[Wire] = []
        self.orders = itertools.count()

    def flat(self) -> Flat:
        """Return the result."""
        self._body(_Instance(self.root))
        for wire in self.wires:
            picks_the_only_one = wire.element == 0 and self.result.kind_of(wire.source).gives_scalar
            self.result.put_wire(replace(wire, element=None) if picks_the_only_one else wire)
        return Flat(self.result, self.owners, self.bodies, self.leaving)

    def _body(self, instance: _Instance) -> None:
        for node in map(instance.as_set, instance.graph.nodes()):
            if is_applied_over_time(self.root, node):
                self._over_time(instance, node)
            elif is_block(node.kind):
                for number in range(node.parameters["repeat"]):
                    self._body(self._instance(instance, node, number))
                for port in range(len(self.root.definitions.kind(node.kind).outputs)):
                    for result in self._resolve(instance, node.id, port):
                        self.leaving[instance.path + node.id, port] = result
            elif node.kind == BLOCK_INPUT:
                outside = self._arriving(instance, node)
                if len(outside) > 1:
                    self._gather(instance, node, outside)
            elif node.kind == BLOCK_OUTPUT:
                inside = self._sources(instance, node.id, 0)
                if len(inside) > 1:
                    self._gather(instance, node, inside)
            else:
                self._node(instance, node)

    def _instance(self, outer: _Instance, place: Node, number: int) -> _Instance:
        values = place.parameters
        definition = self.root.definitions.definition(place.kind)
        repetition = f"{number + 1}{SEPARATOR}" if number else ""
        label = str(values["weights"]).strip()
        owner = f"{place.kind}{SHARING}{label}" if label else place.id
        own_repetition = "" if values["repeat_weights"] == "shared" else repetition
        return _Instance(
            self.root.definitions.body(place.kind),
            f"{outer.path}{place.id}{SEPARATOR}{repetition}",
            f"{outer.owner}{owner}{SEPARATOR}{own_repetition}",
            f"{outer.names}{place.name}{SEPARATOR}{repetition}",
            outer,
            place,
            number,
            definition.set_inside(values),
        )

    def _node(self, instance: _Instance, node: Node) -> None:
        identifier = instance.path + node.id
        parameters = dict(node.parameters)
        shares = instance.owner != instance.path
        if instance.path and parameters.get(BIAS_TIE) is not None:
            parameters[BIAS_TIE] = instance.owner + parameters[BIAS_TIE]
        elif shares and BIAS_TIE in parameters:
            parameters[BIAS_TIE] = f"{instance.owner}{node.id}"
        self._put(instance, node, identifier, parameters)
        if shares:
            self.owners[identifier] = instance.owner + node.id
        weighs = instance.graph.kind_of(node).weighs_wires
        for wire in instance.graph.incoming(node):
            tie = None if wire.tie is None else instance.owner + wire.tie
            if shares and weighs and tie is None:
                tie = instance.owner + wire.id
            for source, output in self._resolve(instance, wire.source, wire.output):
                self._wire(instance, wire, identifier, source, output, tie)

    def _over_time(self, instance: _Instance, place: Node) -> None:
        """A place that is applied over time stays one node, or as many as it has repetitions."""
        kind = self.root.definitions.kind(place.kind)
        label = str(place.parameters["weights"]).strip()
        count = place.parameters["repeat"]
        for number in range(count):
            values = {**place.parameters, "repeat": 1}
            if number < count - 1:
                values["returns"] = "sequence"
            identifier = instance.path + _repetition(place.id, number)
            owner = f"{place.kind}{SHARING}{label}" if label else place.id
            own = number if place.parameters["repeat_weights"] == "own" else 0
            self._put(instance, replace(place, name=_repetition(place.name, number)), identifier, values)
            if instance.owner + _repetition(owner, own) != identifier:
                self.owners[identifier] = instance.owner + _repetition(owner, own)
            for port in range(len(kind.inputs)):
                if number and port < len(kind.outputs):
                    before = instance.path + _repetition(place.id, number - 1)
                    self._chain(f"{identifier}{SEPARATOR}w{port}", before, identifier, port)
                    continue
                for wire in instance.graph.incoming(place, port):
                    for source, output in self._resolve(instance, wire.source, wire.output):
                        renamed = replace(wire, id=f"{number + 1}{SEPARATOR}{wire.id}") if number else wire
                        self._wire(instance, renamed, identifier, source, output, None)

    def _chain(self, identifier: str, source: str, target: str, port: int) -> None:
        self.wires.append(Wire(identifier, source, target, port, port, None, None, next(self.orders)))

    def _put(self, instance: _Instance, node: Node, identifier: str, parameters: Mapping[str, Any]) -> None:
        made = replace(
            node, id=identifier, name=instance.names + node.name, parameters=parameters, order=next(self.orders)
        )
        self.result.put_node(made)
        self.bodies[identifier] = instance.definition_id

    def _wire(self, instance: _Instance, wire: Wire, target: str, source: str, output: int, tie: str | None) -> None:
        self.wires.append(
            replace(
                wire,
                id=instance.path + wire.id,
                source=source,
                target=target,
                output=output,
                order=next(self.orders),
                tie=tie,
            )
        )

    def _gather(self, instance: _Instance, port: Node, sources: list[tuple[str, int]]) -> None:
        """Let several neurons that meet at a port be one vector from there on."""
        identifier = instance.path + port.id
        node = replace(port, kind=GATHERING)
        self._put(instance, node, identifier, {})
        for number, (source, output) in enumerate(sources):
            wire = Wire(
                f"{identifier}{SEPARATOR}w{number}", source, identifier, output, 0, None, None, next(self.orders)
            )
            self.wires.append(wire)

    # Where a value comes from

    def _resolve(self, instance: _Instance, node_id: str, output: int) -> list[tuple[str, int]]:
        """Return which flat results arrive on a wire that begins at a port of a node: none, or one."""
        node = instance.as_set(instance.graph.node(node_id))
        if node.kind == BLOCK_INPUT:
            outside = self._arriving(instance, node)
            return [(instance.path + node.id, 0)] if len(outside) > 1 else outside
        if is_block(node.kind):
            last = node.parameters["repeat"] - 1
            if last < 0:
                is_there = output < len(self.root.definitions.kind(node.kind).inputs)
                return self._sources(instance, node.id, output) if is_there else []
            if is_applied_over_time(self.root, node):
                return [(instance.path + _repetition(node.id, last), output)]
            return self._leaving(self._instance(instance, node, last), output)
        return [(instance.path + node.id, output)]

    def _leaving(self, instance: _Instance, output: int) -> list[tuple[str, int]]:
        """What leaves an instance at one of its ports."""
        ports = [node for node in instance.graph.nodes() if node.kind == BLOCK_OUTPUT]
        inside = self._sources(instance, ports[output].id, 0)
        return [(instance.path + ports[output].id, 0)] if len(inside) > 1 else inside

    def _arriving(self, instance: _Instance, port: Node) -> list[tuple[str, int]]:
        """What arrives at a port of an instance: from outside, or from the repetition before."""
        outer, place = instance.outer, instance.place
        if outer is None or place is None:
            return []
        ports = [node.id for node in instance.graph.nodes() if node.kind == BLOCK_INPUT]
        number = ports.index(port.id)
        outputs = sum(node.kind == BLOCK_OUTPUT for node in instance.graph.nodes())
        if instance.number and number < outputs:
            return self._leaving(self._instance(outer, place, instance.number - 1), number)
        return self._sources(outer, place.id, number)

    def _sources(self, instance: _Instance, node_id: str, port: int) -> list[tuple[str, int]]:
        return [
            source
            for wire in instance.graph.incoming(node_id, port)
            for source in self._resolve(instance, wire.source, wire.output)
        ]
