"""Drawings that several tests use."""

from __future__ import annotations

from typing import Any

from graph_model import Graph, Node, kinds

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


SHAPES = {2: [6], 3: [5, 7], 4: [4, 9, 8]}
"""A sample's shape for each number of axes, the batch included."""
OF_KIND = {"Unflatten": [64]}
"""Samples for kinds whose defaults fit no other."""

VARIANTS: list[tuple[str, dict[str, Any], list[int]]] = [
    ("Linear", {"out_features": 5, "activation": "Softmax"}, [6]),
    ("Linear", {"out_features": 5, "bias": False, "weight_init": "xavier_normal"}, [5, 7]),
    ("Linear", {"out_features": 3, "pruned": [[0, 1], [2, 5], [2, 0]], "activation": "PReLU"}, [6]),
    ("Linear", {"out_features": 5, "trainable": False}, [6]),
    ("Conv1d", {"kernel_size": 2, "stride": 2, "padding": 1, "dilation": 2, "activation": "Tanh"}, [5, 7]),
    ("MaxPool1d", {"kernel_size": 3, "padding": 1}, [5, 7]),
    ("AvgPool1d", {"kernel_size": 3, "stride": 1, "padding": 1, "count_include_pad": False}, [5, 7]),
    ("Unflatten", {"unflattened_size": [3, 2]}, [6]),
    ("Unflatten", {"dim": 2, "unflattened_size": [7, 1]}, [5, 7]),
    ("Conv2d", {"kernel_size": [3, 2], "stride": 2, "padding": [1, 0], "groups": 2, "bias": False}, [4, 9, 8]),
    ("Conv2d", {"dilation": 2, "activation": "ELU", "weight_init": "kaiming_normal"}, [4, 9, 8]),
    ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}, [4, 9, 8]),
    ("MaxPool2d", {"kernel_size": 2, "ceil_mode": True}, [4, 9, 7]),
    ("AvgPool2d", {"kernel_size": 3, "padding": 1, "count_include_pad": False}, [4, 9, 8]),
    ("AdaptiveAvgPool2d", {"output_size": [3, 5]}, [4, 9, 8]),
    ("AdaptiveAvgPool2d", {"output_size": 1}, [4, 9, 8]),
    ("LSTM", {"hidden_size": 4, "num_layers": 2, "bidirectional": True}, [5, 7]),
    ("LSTM", {"hidden_size": 3, "num_layers": 3, "bias": False, "trainable": False}, [1, 7]),
    ("LSTM", {"hidden_size": 1, "bidirectional": True, "forget_bias": 1.5}, [5, 1]),
    ("Flatten", {"start_dim": 2}, [4, 9, 8]),
    ("BatchNorm1d", {"affine": False}, [6]),
    ("BatchNorm1d", {"activation": "Sigmoid"}, [5, 7]),
    ("BatchNorm2d", {"activation": "ReLU"}, [4, 9, 8]),
    ("PReLU", {"num_parameters": 4}, [4, 9, 8]),
    ("LeakyReLU", {"negative_slope": 0.2}, [6]),
    ("ELU", {"alpha": 0.5}, [6]),
    ("GELU", {"approximate": "tanh"}, [6]),
    ("Softmax", {"dim": -1}, [5, 7]),
    ("Concat", {"dim": 2}, [5, 7]),
]


def single(kind_name: str, parameters: dict[str, Any], shape: list[int]) -> Graph:
    """A drawing of one node of a kind between an Input and an Output; kinds that join get the Input twice."""
    graph = Graph(kind_name)
    x, node = graph.add("Input", name="x", shape=shape), graph.add(kind_name, name="tested", **parameters)
    y = graph.add("Output", name="y")
    for _ in range(2 if kinds()[kind_name].inputs[0].variadic else 1):
        graph.connect(x, node)
    graph.connect(node, y)
    return graph


def single_kinds() -> list[Any]:
    """Every kind that stands between Input and Output: with its defaults, and in the variants above."""
    import pytest

    cases = []
    for kind in kinds().values():
        if kind.inputs and kind.outputs:
            rank = max(kind.needs.ranks) if kind.needs.ranks else 2
            cases.append(pytest.param(kind.name, {}, OF_KIND.get(kind.name, SHAPES[rank]), id=kind.name))
    cases += [
        pytest.param(name, parameters, shape, id=f"{name}-{index}")
        for index, (name, parameters, shape) in enumerate(VARIANTS)
    ]
    return cases
