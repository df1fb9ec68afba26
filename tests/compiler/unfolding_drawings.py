"""Layers to unfold, as tests draw them, and what tests do with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from hypothesis import strategies as st

from compiler import compile_graph
from compiler.unfolding import fold, fold_refusal, unfold
from graph_model import Document, Graph, Node
from tests.drawings import chain

LAYERS: list[tuple[str, dict[str, Any], list[int]]] = [
    ("Linear", {"out_features": 4}, [6]),
    ("Linear", {"out_features": 3, "bias": False, "activation": "Tanh"}, [5]),
    ("Linear", {"out_features": 3, "trainable": False, "activation": "ReLU"}, [4]),
    ("Linear", {"out_features": 4, "activation": "Softmax"}, [6]),
    ("Linear", {"out_features": 3, "pruned": [[0, 1], [2, 0], [2, 3]]}, [4]),
    ("Linear", {"out_features": 1}, [1]),
    ("Conv1d", {"out_channels": 2, "kernel_size": 3}, [1, 8]),
    ("Conv1d", {"out_channels": 4, "kernel_size": 2, "stride": 3, "padding": 1, "groups": 2}, [2, 12]),
    ("Conv1d", {"out_channels": 1, "kernel_size": 3, "dilation": 2, "bias": False}, [1, 9]),
    ("Conv2d", {"out_channels": 2, "kernel_size": 3}, [1, 6, 6]),
    ("Conv2d", {"out_channels": 2, "kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0]}, [2, 5, 4]),
    ("Conv2d", {"out_channels": 4, "kernel_size": 2, "groups": 2, "bias": False, "activation": "ELU"}, [4, 4, 3]),
    ("Conv2d", {"out_channels": 1, "kernel_size": 3, "dilation": 2, "padding": 2, "trainable": False}, [1, 6, 5]),
    ("Conv2d", {"out_channels": 3, "kernel_size": 1, "padding": 1}, [2, 2, 3]),
    ("MaxPool1d", {}, [2, 8]),
    ("MaxPool1d", {"kernel_size": 3, "stride": 1, "padding": 1, "dilation": 2}, [1, 9]),
    ("MaxPool2d", {}, [2, 4, 6]),
    ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}, [1, 7, 8]),
    ("MaxPool2d", {"ceil_mode": True}, [2, 5, 4]),
    ("AvgPool1d", {"kernel_size": 3}, [2, 9]),
    ("AvgPool2d", {}, [2, 4, 6]),
    ("AvgPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}, [1, 7, 7]),
    ("AvgPool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}, [2, 5, 5]),
    ("AvgPool2d", {"kernel_size": [3, 2], "ceil_mode": True}, [1, 7, 5]),
]
"""Layers of which neurons and wires show every parameter."""


def drawn(kind: str, parameters: dict[str, Any], shape: list[int]) -> Document:
    """A document of one layer, 'layer', between an Input and an Output."""
    return Document(chain(("Input", "x", {"shape": shape}), (kind, "layer", parameters), ("Output", "y", {})))


def output(document: Document, samples: int = 5) -> torch.Tensor:
    """What the network makes of random samples, the same ones for equal inputs."""
    module = compile_graph(document.graph, document.training.seed, document.weights).eval()
    generator = torch.Generator().manual_seed(7)
    inputs = [
        torch.randn(samples, *given.parameters["shape"], generator=generator)
        for given in document.graph.nodes()
        if given.kind == "Input"
    ]
    with torch.no_grad():
        return module(*inputs)


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two outputs have one shape and differ by no more than 1e-6."""
    return one.shape == other.shape and bool((one - other).abs().max() <= 1e-6)


def vector_drawing(*, consumers: tuple[str, ...] = ("Output",)) -> tuple[Document, Graph]:
    """A Linear 'layer' of 3 neurons with consumers of several kinds, each of which leads to an Output."""
    graph = Graph("consumers")
    x = graph.add("Input", name="x", shape=[4])
    layer = graph.add("Linear", name="layer", out_features=3)
    graph.connect(x, layer)
    for kind in consumers:
        node = graph.add(kind)
        graph.connect(layer, node)
        if graph.kind_of(node).inputs[0].variadic and not graph.kind_of(node).picks_elements:
            graph.connect(layer, node)
        if kind != "Output":
            graph.connect(node, graph.add("Output"))
    return Document(graph), graph


@st.composite
def layers(draw: st.DrawFn) -> tuple[str, dict[str, Any], list[int]]:
    """A random layer: (kind, parameters, shape of its input)."""
    kind = draw(st.sampled_from(("Linear", "Conv1d", "Conv2d", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d")))
    if kind == "Linear":
        return kind, *_linear(draw)
    axes = int(kind[-2])
    channels = draw(st.sampled_from((1, 2, 4)))
    shape = [channels, *(draw(st.integers(2, 7)) for _ in range(axes))]

    def size(low: int, high: int) -> int | list[int]:
        return draw(st.integers(low, high)) if axes == 1 else [draw(st.integers(low, high)) for _ in range(axes)]

    parameters: dict[str, Any] = {"kernel_size": size(1, 4), "stride": size(1, 3), "padding": size(0, 2)}
    if not kind.startswith("Avg"):
        parameters["dilation"] = size(1, 3)
    if kind.startswith("Conv"):
        parameters |= _filters(draw, channels)
    else:
        parameters["ceil_mode"] = draw(st.booleans())
    if kind.startswith("Avg"):
        parameters["count_include_pad"] = draw(st.booleans())
    return kind, parameters, shape


def _linear(draw: st.DrawFn) -> tuple[dict[str, Any], list[int]]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    pairs = st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1))
    parameters = {
        "out_features": rows,
        "bias": draw(st.booleans()),
        "trainable": draw(st.booleans()),
        "activation": draw(st.sampled_from(("Identity", "Sigmoid", "Softmax"))),
        "pruned": [list(pair) for pair in draw(st.lists(pairs, max_size=6))] or None,
    }
    return parameters, [columns]


def _filters(draw: st.DrawFn, channels: int) -> dict[str, Any]:
    return {
        "out_channels": channels * draw(st.integers(1, 2)),
        "groups": draw(st.sampled_from((1, channels))),
        "bias": draw(st.booleans()),
        "activation": draw(st.sampled_from(("Identity", "Tanh"))),
        "trainable": draw(st.booleans()),
    }


def unfolded(document: Document, layer: str = "layer") -> tuple[str, ...]:
    """Unfold a layer, and return its neurons' ids."""
    result = unfold(document, layer)
    document.apply(result.edit)
    return result.node_ids


def folded(document: Document, node_ids: Sequence[str]) -> Node:
    """Fold neurons, and return their layer."""
    assert fold_refusal(document, node_ids) is None
    result = fold(document, node_ids)
    document.weights.update(result.weights)
    document.apply(result.edit)
    return document.graph.node(result.node_id)
