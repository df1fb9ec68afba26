"""Where neurons are gathered to one vector, and the order of rows that follows from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from graph_model import CompileError, Graph, Node, Wire


@dataclass(frozen=True)
class Gathering:
    """A port where all neurons of a group arrive, in the order of `wires`, and nothing else does."""

    target: Node
    wires: tuple[Wire, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """The neurons' ids in the order in which they are gathered."""
        return tuple(wire.source for wire in self.wires)

    def reshapes_to(self) -> tuple[int, ...] | None:
        """Return the shape that the neurons get here, without the batch, if this is an Unflatten of them."""
        values = self.target.parameters
        if self.target.kind != "Unflatten" or values["dim"] not in (1, -1):
            return None
        return tuple(values["unflattened_size"])


def gatherings(graph: Graph, neurons: Collection[Node]) -> list[Gathering]:
    """Return all ports where neurons of a group are gathered; raises CompileError if a layer could not feed one."""
    ids = {neuron.id for neuron in neurons}
    ports: dict[tuple[str, int], None] = {}
    for neuron in neurons:
        for wire in graph.outgoing(neuron):
            if not graph.kind_of(wire.target).picks_elements:
                ports[wire.target, wire.input] = None
    found: list[Gathering] = []
    for target_id, number in ports:
        found += _at_port(graph, graph.node(target_id), number, ids)
    for other in found[1:]:
        if other.order != found[0].order:
            raise CompileError(
                f"'{other.target.name}' gathers the neurons in another order than '{found[0].target.name}': a layer "
                f"has one order. Wire them in the same order to both."
            )
    return found


def _at_port(graph: Graph, target: Node, number: int, ids: set[str]) -> list[Gathering]:
    arriving = graph.incoming(target, number)
    if graph.kind_of(target).inputs[number].variadic:
        if len(ids) > 1:
            raise CompileError(
                f"'{target.name}' takes each of the neurons by itself, which it cannot from a layer. Gather them in an "
                f"Unflatten before it, or wire them elsewhere."
            )
        return [Gathering(target, (wire,)) for wire in arriving if wire.source in ids]
    for wire in arriving:
        if wire.source not in ids:
            raise CompileError(
                f"'{target.name}' gathers the neurons together with '{graph.node(wire.source).name}'. Fold that one "
                f"with them, or wire it elsewhere."
            )
    sources = [wire.source for wire in arriving]
    missing = ids - set(sources)
    if missing:
        name = graph.node(min(missing, key=lambda identifier: graph.node(identifier).order)).name
        raise CompileError(
            f"'{target.name}' gathers only some of the neurons: '{name}' is not among them. Wire it there too, or fold "
            f"only those that are."
        )
    if len(sources) > len(ids):
        twice = next(source for source in sources if sources.count(source) > 1)
        raise CompileError(
            f"'{target.name}' gathers '{graph.node(twice).name}' twice, which no layer gives twice. Remove one of the "
            f"wires."
        )
    return [Gathering(target, tuple(arriving))]


def row_orders(neurons: Collection[Node], found: list[Gathering]) -> list[list[Node]]:
    """Return the orders in which neurons may be a layer's rows, the likeliest first: as they are gathered; else from
    top to bottom (then in the order of adding), or in the order of adding."""
    by_id = {neuron.id: neuron for neuron in neurons}
    if found:
        return [[by_id[identifier] for identifier in found[0].order]]
    return [
        sorted(neurons, key=lambda neuron: (neuron.position[1], neuron.order)),
        sorted(neurons, key=lambda neuron: neuron.order),
    ]
