"""Drawings that several tests use."""

from __future__ import annotations

from typing import Any

from graph_model import Graph, Node
from tests.kind_examples.example import Example

WEIGHTS = (((1, -2), (-1, 1)), ((2, -1), (-2, -1)), ((3, -1), (-1, 4)))
BIASES = ((1, 0), (0, 0), (-2, 2))
"""The worked example of the lectures: weights given as rows, target neuron by target neuron."""


def chain(*specs: tuple[str, str, dict[str, Any]]) -> Graph:
    """A drawing whose nodes (kind, name, parameters) follow one another."""
    graph = Graph("chain")
    last: Node | None = None
    for kind, name, parameters in specs:
        node = graph.add(kind, name=name, **parameters)
        if last is not None:
            graph.connect(last, node)
        last = node
    return graph


def worked_example() -> Graph:
    """The worked example drawn neuron by neuron."""
    graph = Graph("worked example")
    x = graph.add("Input", name="x", shape=[2])
    feeding: list[Node] = [x, x]
    for layer, (weights, biases) in enumerate(zip(WEIGHTS, BIASES, strict=True)):
        neurons = []
        for row in range(2):
            neuron = graph.add("Neuron", name=f"n{layer}{row}", bias=biases[row], activation="Sigmoid")
            for column, source in enumerate(feeding):
                element = column if layer == 0 else None
                graph.connect(source, neuron, element=element, weight=weights[row][column])
            neurons.append(neuron)
        feeding = neurons
    y = graph.add("Output", name="y")
    for neuron in feeding:
        graph.connect(neuron, y)
    return graph


def single(kind_name: str, parameters: dict[str, Any], shape: list[int]) -> Graph:
    """A drawing of one node of a kind, "tested", between an Input "x" and an Output "y"."""
    return Example(kind_name, parameters, (shape,)).drawing()
