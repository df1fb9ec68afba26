"""Neurons as the rows of a fully connected layer; what is not connected is pruned."""

from __future__ import annotations

import math
from typing import Any

import networkx
import numpy

from compiler.unfolding.connections import Connection, Group, SourceKey
from compiler.unfolding.recognised import InputBlock, Recognised, has_bias, is_trained, refuse_shared_bias
from graph_model import CompileError


def recognise_linear(group: Group) -> Recognised:
    """Return the Linear that neurons form; raises CompileError with the reason if a layer cannot express them."""
    for neuron in group.neurons:
        for connection in group.seen[neuron.id]:
            if group.shares_weight(connection.wire):
                raise CompileError(
                    f"'{neuron.name}' cannot be folded: the weight of its wire from "
                    f"'{group.graph.node(connection.wire.source).name}' is shared ('{connection.wire.tie}'), and the "
                    f"neurons form no convolution that would share it. {_cure(group)}"
                )
        refuse_shared_bias(group, neuron)
    present = _present(group)
    with_bias = has_bias(group)
    trained = is_trained(group, ((neuron, present[neuron.id]) for neuron in group.neurons), with_bias)
    blocks = _input_blocks(group)
    offsets: dict[SourceKey, int] = {}
    width = 0
    for block in blocks:
        offsets[block.source] = width
        width += math.prod(block.shape)
    taps = numpy.full((len(group.neurons), width), None, dtype=object)
    for row, neuron in enumerate(group.neurons):
        for connection in present[neuron.id]:
            taps[row, offsets[connection.source] + connection.element] = connection
    pruned = [list(place) for place in numpy.ndindex(taps.shape) if taps[place] is None]
    parameters: dict[str, Any] = {
        "out_features": len(group.neurons),
        "bias": with_bias,
        "activation": group.neurons[0].parameters["activation"],
        "trainable": trained,
        "pruned": pruned or None,
    }
    biases = list(group.neurons) if with_bias else []
    return Recognised("Linear", parameters, (len(group.neurons),), blocks, taps, biases)


def _cure(group: Group) -> str:
    feeding = group.feeding_neuron()
    if feeding is not None:
        return f"Fold '{feeding.name}' and the other neurons that feed them first, or untie the wires."
    return "Untie the wires, or choose and connect all neurons of the convolution."


def _present(group: Group) -> dict[str, list[Connection]]:
    """Return what is connected: among trained weights one that is frozen at 0 stands for none; where all are frozen,
    only a neuron's single wire does."""
    trained = any(c.wire.trainable for row in group.seen.values() for c in row)
    present: dict[str, list[Connection]] = {}
    for identifier, row in group.seen.items():
        if trained or len(row) == 1:
            present[identifier] = [connection for connection in row if not group.is_absent(connection)]
        else:
            present[identifier] = row
    return present


def _input_blocks(group: Group) -> list[InputBlock]:
    """Return the sources in an order that agrees with that of each neuron's wires, as far as they agree."""
    order: networkx.DiGraph[SourceKey] = networkx.DiGraph()
    for neuron in group.neurons:
        sources = list(dict.fromkeys(connection.source for connection in group.seen[neuron.id]))
        order.add_nodes_from(sources)
        networkx.add_path(order, sources)
    added = {source: (group.graph.node(source[0]).order, source[1]) for source in order}
    if networkx.is_directed_acyclic_graph(order):
        sorted_sources = list(networkx.lexicographical_topological_sort(order, key=added.__getitem__))
    else:
        sorted_sources = sorted(order, key=added.__getitem__)
    return [InputBlock(source, group.sample_shape(source)) for source in sorted_sources]
