"""A block that is applied over time computes what its time steps compute, and shares what it says it shares."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from compiler import compile_graph
from compiler.cost import parameter_count
from compiler.weights import collect_weights
from graph_model import Graph
from tests.block_drawings import between, naive_rnn, residual, residual_block


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
@pytest.mark.parametrize("returns", ["sequence", "last"])
def test_a_drawn_recurrent_network_is_torchs(direction, returns):
    graph = Graph()
    naive_rnn(graph)
    between(graph, [7, 3], ("@rnn", "cell", {"over_time": direction, "returns": returns}))
    module = compile_graph(graph)
    weights = collect_weights(module)
    theirs = nn.RNN(3, 5, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for suffix, path in (("", "cell/"), ("_reverse", "cell/←/")):
            for name, node in (("ih", "from_input"), ("hh", "from_state")):
                for kind in ("weight", "bias"):
                    if f"{path}{node}.{kind}" in weights:
                        getattr(theirs, f"{kind}_{name}_l0{suffix}").copy_(
                            torch.tensor(weights[f"{path}{node}.{kind}"])
                        )
    x = torch.randn(2, 7, 3)
    every, last = theirs(x)
    forward, backward = every[..., :5], every[..., 5:]
    if returns == "last":
        forward, backward = last[0], last[1]
    expected = {"forward": forward, "backward": backward, "both": torch.cat([forward, backward], dim=-1)}[direction]
    torch.testing.assert_close(module(x), expected, atol=1e-6, rtol=1e-6)


def test_a_block_without_memory_is_applied_at_each_time_step():
    graph = Graph()
    residual_block(graph)
    between(graph, [3, 6], ("@residual", "a", {"over_time": "forward"}))
    module = compile_graph(graph)
    x = torch.randn(2, 3, 6)
    expected = torch.stack([residual(x[:, step], collect_weights(module), "a/") for step in range(3)], dim=1)
    torch.testing.assert_close(module(x), expected)


def test_recurrent_blocks_are_stacked_by_repeating_them():
    graph = Graph()
    body = naive_rnn(graph, hidden=3)
    assert body.node_named("h").parameters["shape"] == [3]
    between(graph, [4, 3], ("@rnn", "deep", {"repeat": 2, "returns": "last"}))
    module = compile_graph(graph)
    assert module(torch.randn(2, 4, 3)).shape == (2, 3)
    assert {name.rpartition("/")[0] for name in collect_weights(module)} == {"deep", "deep/2"}


def test_a_learned_start_is_a_weight_and_gets_a_gradient():
    graph = Graph()
    body = naive_rnn(graph, hidden=3)
    body.set(body.node_named("h"), initial="learned")
    between(graph, [4, 3], ("@rnn", "cell", {}))
    module = compile_graph(graph)
    module(torch.randn(2, 4, 3)).sum().backward()
    assert module.cell.starts[0].grad.abs().sum() > 0
    assert collect_weights(module)["cell.start_0"].shape == (3,)
    assert sum(parameter_count(graph).values()) == sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("last", [False, True])
def test_places_over_time_share_weights_whatever_they_return(last):
    graph = Graph()
    naive_rnn(graph, hidden=3)
    x = graph.add("Input", name="x", shape=[4, 3])
    for name, returns in (("every", "sequence"), ("end", "last")) if last else (("end", "last"), ("every", "sequence")):
        place = graph.add("@rnn", name=name, weights="w", returns=returns)
        graph.connect(x, place)
        graph.connect(place, graph.add("Output", name=f"of {name}"))
    answers = compile_graph(graph)(torch.randn(2, 4, 3))
    every, end = answers if last else answers[::-1]
    torch.testing.assert_close(every[:, -1], end)
