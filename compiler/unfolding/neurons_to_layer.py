"""Folding: neurons that form a layer become that layer, with the weights that they have now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy

from compiler.program import lower
from compiler.unfolding.connections import Connection, Group, read_connections
from compiler.unfolding.current_weights import Array, CurrentWeights
from compiler.unfolding.foldable import foldable_nodes
from compiler.unfolding.gathering import Gathering, gatherings
from compiler.unfolding.handing_over import gatherer_name
from compiler.unfolding.recognise import recognise
from compiler.unfolding.recognised import Recognised
from compiler.unfolding.rewiring import Rewiring, feed_consumers, feed_layer
from graph_model import CompileError, Document, Graph, Node, kinds
from graph_model import edits as graph_edits
from graph_model.edits import AddNodes, RemoveNodes
from graph_model.values import free_name


@dataclass(frozen=True)
class Folded:
    """The edit that folds neurons, and the id of the layer that they become.

    `weights`: name -> array, as in Document.weights: to be put there before the edit is applied.
    """

    edit: graph_edits.Sequence
    weights: dict[str, Array]
    node_id: str


@dataclass(frozen=True)
class _Plan:
    group: Group
    layer: Recognised
    gatherings: list[Gathering]
    stem: str | None
    softmax: Node | None


def fold_refusal(document: Document, node_ids: Sequence[str]) -> str | None:
    """Return why nodes cannot be folded into a layer, or None; nothing is compiled."""
    try:
        _plan(document, node_ids)
    except CompileError as error:
        return str(error)
    return None


def fold(document: Document, node_ids: Sequence[str]) -> Folded:
    """Return the edit that puts a layer in the place of neurons, with equal outputs.

    A convolution is recognised by its fields and ties, a mean by equal frozen weights, a MaxPool by maxout groups;
    other neurons become a Linear, in which what is not connected is pruned. Raises CompileError if they form no
    layer, or if weights that they share are random and the drawing cannot run.
    """
    plan = _plan(document, node_ids)
    graph, neurons, recognised = document.graph, plan.group.neurons, plan.layer
    layer = _layer_node(graph, plan)
    rewiring = Rewiring()
    feed_layer(graph, rewiring, layer, recognised.inputs)
    feed_consumers(graph, rewiring, layer, recognised.shape, neurons, plan.gatherings, plan.softmax)
    removal = RemoveNodes((*(neuron.id for neuron in neurons), *rewiring.vanished))
    addition = AddNodes((*rewiring.nodes, layer), tuple(rewiring.wires))
    return Folded(graph_edits.Sequence((removal, addition)), _weights(layer, plan), layer.id)


def _plan(document: Document, node_ids: Sequence[str]) -> _Plan:
    graph = document.graph
    nodes = foldable_nodes(graph, node_ids)
    found = gatherings(graph, nodes)
    program = lower(graph)
    group = Group(graph, program, CurrentWeights(document, program), nodes)
    read_connections(group)
    group, layer = recognise(group, found)
    stem = _common_stem(group.neurons)
    softmax = _own_softmax(layer, found, stem, graph, group.neurons)
    if softmax is not None:
        layer.parameters["activation"] = "Softmax"
    return _Plan(group, layer, found, stem, softmax)


def _common_stem(neurons: Sequence[Node]) -> str | None:
    """Return what the neurons' names begin with before their numbers, if that names a layer."""
    stems = {re.sub(r" \d+(,\d+)*$", "", neuron.name) for neuron in neurons}
    stem = stems.pop()
    default = kinds()[neurons[0].kind].default_name or neurons[0].kind.lower()
    return None if stems or stem == default or stem == neurons[0].name else stem


def _own_softmax(
    layer: Recognised, found: Sequence[Gathering], stem: str | None, graph: Graph, neurons: Sequence[Node]
) -> Node | None:
    """Return the Softmax behind the neurons if it came from the layer as which they were unfolded: by its name."""
    if layer.kind != "Linear" or layer.parameters["activation"] != "Identity" or len(found) != 1 or stem is None:
        return None
    target = found[0].target
    if target.kind != "Softmax" or target.parameters["dim"] != -1 or target.name != gatherer_name(stem, "Softmax"):
        return None
    return target if all(len(graph.outgoing(neuron)) == 1 for neuron in neurons) else None


def _layer_node(graph: Graph, plan: _Plan) -> Node:
    neurons, kind = plan.group.neurons, plan.layer.kind
    gone = {neuron.name for neuron in neurons} | ({plan.softmax.name} if plan.softmax is not None else set())
    name = free_name(plan.stem or kinds()[kind].default_name or kind.lower(), set(graph.names()) - gone)
    places = [neuron.position for neuron in neurons]
    centre = tuple((min(place[axis] for place in places) + max(place[axis] for place in places)) / 2 for axis in (0, 1))
    return graph.new_node(kind, name=name, position=(centre[0], centre[1]), **plan.layer.parameters)


def _weights(layer: Node, plan: _Plan) -> dict[str, Array]:
    taps = plan.layer.taps
    if taps is None:
        return {}
    group = plan.group
    weight: numpy.ndarray[Any, Any] = numpy.zeros(taps.shape, dtype=numpy.float32)
    for place in numpy.ndindex(taps.shape):
        connection = cast(Connection | None, taps[place])
        if connection is not None:
            weight[place] = group.weight(connection)
    weights = {f"{layer.id}.weight": weight}
    if plan.layer.biases:
        biases = [group.weights.bias(neuron) for neuron in plan.layer.biases]
        weights[f"{layer.id}.bias"] = numpy.array(biases, dtype=numpy.float32)
    return weights
