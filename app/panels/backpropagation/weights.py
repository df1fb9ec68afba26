"""The weights that can be looked at: what they are called, and which of them a selection means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from app.training.backpropagation.quantities import Stage
from graph_model import Graph

Array = numpy.ndarray[Any, Any]


@dataclass(frozen=True)
class ChosenWeight:
    """One number among the weights. `name`: as in Document.weights; `index`: its place in that array, or ()."""

    name: str
    index: tuple[int, ...]

    @property
    def owner(self) -> str:
        """The id of the node or wire that it belongs to."""
        return self.name.partition(".")[0]

    @property
    def parameter(self) -> str:
        """Which parameter of its owner it is."""
        return self.name.partition(".")[2]


def weight_title(weight: ChosenWeight, graph: Graph, first_use: Callable[[str], str]) -> str:
    """What a weight is called: a1 → b1, b of b1, hidden weight[0, 3].

    `first_use`: what owns weights -> the first node or wire that has them, after which they are called.
    """
    owner, index = first_use(weight.owner), f"[{', '.join(map(str, weight.index))}]" if weight.index else ""
    if graph.has_wire(owner):
        wire = graph.wire(owner)
        element = f"[{wire.element}]" if wire.element is not None else index
        return f"{graph.node(wire.source).name}{element} → {graph.node(wire.target).name}"
    if not graph.has_node(owner):
        return f"{weight.name}{index}"
    node = graph.node(owner)
    return f"b of {node.name}" if graph.kind_of(node).weighs_wires else f"{node.name} {weight.parameter}{index}"


def weights_of_selection(
    graph: Graph,
    gradients: Mapping[str, Array],
    nodes: Iterable[str],
    wires: Iterable[str],
    picked: Mapping[str, ChosenWeight],
    owner_of: Callable[[str], str],
    most: int,
) -> list[ChosenWeight]:
    """Return the weights that a selection means, at most so many: of a neuron those on its wires and its bias, of a
    layer those with the largest gradients.

    `gradients`: what has a gradient. `picked`: node id -> the weight of a layer that was chosen by hand: it is first.
    `owner_of`: id of a node or a wire -> what the names of its weights begin with.
    """
    chosen_wires = set(wires)
    found = [
        weight
        for wire in graph.wires()
        if wire.id in chosen_wires and (name := f"{owner_of(wire.id)}.weight") in gradients
        for weight in all_of(name, gradients[name], most)
    ]
    for node in sorted(nodes):
        if not graph.has_node(node):
            continue
        if graph.kind_of(node).weighs_wires:
            names = [*(f"{owner_of(wire.id)}.weight" for wire in graph.incoming(node)), f"{owner_of(node)}.bias"]
            found += [weight for name in names if name in gradients for weight in all_of(name, gradients[name], most)]
            continue
        found += [picked[node]] if node in picked else []
        for name in gradients:
            if name.partition(".")[0] == owner_of(node):
                found += steepest(name, gradients[name], most)
    return list(dict.fromkeys(found))[:most]


def first_weights(
    gradients: Mapping[str, Array], stages: Iterable[Stage], owner_of: Callable[[str], str], most: int
) -> list[ChosenWeight]:
    """Return the first weights of a network, from the input on, each stage's biases after its other weights.

    `owner_of`: id of a node or a wire -> what the names of its weights begin with.
    """
    owners: list[str] = []
    for stage in stages:
        if stage.kind == "forward":
            owners += [*stage.wire_ids, *stage.node_ids]
    place: dict[str, int] = {}
    for number, owner in enumerate(owners):
        place.setdefault(owner_of(owner), number)
    found: list[ChosenWeight] = []
    for name in sorted(
        gradients, key=lambda name: (place.get(name.partition(".")[0], len(place)), name.endswith("bias"))
    ):
        if len(found) >= most:
            break
        found.extend(all_of(name, gradients[name], most - len(found)))
    return found


def steepest(name: str, gradient: Array, most: int = 1) -> list[ChosenWeight]:
    """Return the weights of one array with the largest gradients, the largest first: those that matter here."""
    order = numpy.argsort(-numpy.abs(numpy.ravel(gradient)), kind="stable")[:most]
    places = (numpy.unravel_index(int(flat), numpy.shape(gradient)) for flat in order)
    return [ChosenWeight(name, tuple(int(axis) for axis in place)) for place in places]


def all_of(name: str, array: Array, most: int) -> list[ChosenWeight]:
    """Return the first numbers of one array of weights."""
    shape = numpy.shape(array)
    count = min(most, math.prod(shape))
    return [ChosenWeight(name, tuple(int(axis) for axis in numpy.unravel_index(flat, shape))) for flat in range(count)]
