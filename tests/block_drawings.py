"""Drawings with blocks that several tests use."""

from __future__ import annotations

import itertools
from typing import Any

import torch

from graph_model import Graph, Node
from graph_model.blocks import AddDefinition, Definition, Lifted


def define(graph: Graph, name: str, *lifted: Lifted) -> Graph:
    """Add an empty block "@<name>" and return its body."""
    graph.apply(AddDefinition(Definition(f"@{name}", name)))
    return graph.definitions.body(f"@{name}")


def residual_block(graph: Graph, width: int = 6) -> Graph:
    """A block y = x + ReLU(W x + b), called "residual"."""
    body = define(graph, "residual")
    x = body.add("BlockInput", name="x")
    layer = body.add("Linear", name="layer", out_features=width, activation="ReLU")
    total = body.add("Add", name="sum")
    body.connect(x, layer)
    body.connect(x, total)
    body.connect(layer, total)
    body.connect(total, body.add("BlockOutput", name="y"))
    return body


def between(graph: Graph, shape: list[int], *specs: tuple[str, str, dict[str, Any]]) -> list[Node]:
    """Add an Input "x" of a shape, nodes (kind, name, parameters) one after the other, and an Output "y"."""
    nodes = [graph.add("Input", name="x", shape=shape)]
    nodes += [graph.add(kind, name=name, **parameters) for kind, name, parameters in specs]
    nodes.append(graph.add("Output", name="y"))
    for before, after in itertools.pairwise(nodes):
        graph.connect(before, after)
    return nodes


def naive_rnn(graph: Graph, hidden: int = 5, activation: str = "Tanh") -> Graph:
    """A block h' = tanh(Wⁱ x + Wʰ h), called "rnn", with a Delay "h" that closes the loop."""
    body = define(graph, "rnn")
    x = body.add("BlockInput", name="x")
    delay = body.add("Delay", name="h", shape=[hidden])
    from_input = body.add("Linear", name="from input", out_features=hidden)
    from_state = body.add("Linear", name="from state", out_features=hidden)
    total = body.add("Add", name="sum")
    act = body.add(activation, name="squash")
    body.connect(x, from_input)
    body.connect(delay, from_state)
    body.connect(from_input, total)
    body.connect(from_state, total)
    body.connect(total, act)
    body.connect(act, delay)
    body.connect(act, body.add("BlockOutput", name="y"))
    return body


def everything() -> Graph:
    """A drawing with shared, repeated and nested blocks, and two that are applied over time."""
    graph = Graph("everything")
    residual_block(graph)
    body = naive_rnn(graph, hidden=6)
    body.set(body.node_named("h"), initial="learned")
    pair = define(graph, "pair")
    nodes = [pair.add("BlockInput"), pair.add("@residual", name="one"), pair.add("@residual", name="two")]
    for source, target in itertools.pairwise([*nodes, pair.add("BlockOutput")]):
        pair.connect(source, target)
    between(
        graph,
        [4, 6],
        ("@rnn", "cell", {"over_time": "both"}),
        ("Linear", "narrow", {"out_features": 6}),
        ("@rnn", "back", {"over_time": "backward", "returns": "last", "repeat": 2}),
        ("@residual", "a", {"weights": "same"}),
        ("@pair", "b", {"repeat": 2, "repeat_weights": "shared"}),
        ("@residual", "c", {"weights": "same"}),
    )
    return graph


def residual(x: torch.Tensor, weights: dict[str, Any], owner: str) -> torch.Tensor:
    """What the block "residual" makes of x, by its formula; `owner`: what its weights' names begin with."""
    weight, bias = (torch.tensor(weights[f"{owner}layer.{name}"]) for name in ("weight", "bias"))
    return x + torch.relu(x @ weight.T + bias)
