"""Recurrent layers in a drawing: states go from port to port, and mistakes are said in words."""

from __future__ import annotations

from typing import Any

import onnxruntime
import pytest
import torch
from torch import nn

from compiler import check, compile_graph, export_onnx, infer_shapes
from compiler.cost import parameter_count
from graph_model import Document, Graph
from tests.drawings import chain, single

SEQUENCE = ("Input", "x", {"shape": [5, 7]})
END = ("Output", "y", {})


def sequence_to_sequence() -> Graph:
    """An encoder whose last state and memory are what the decoder starts with."""
    graph = Graph("sequence to sequence")
    x, given = graph.add("Input", name="x", shape=[5, 7]), graph.add("Input", name="given", shape=[3, 2])
    encoder = graph.add("LSTM", name="encoder", hidden_size=6)
    decoder = graph.add("LSTM", name="decoder", hidden_size=6)
    graph.connect(x, encoder)
    graph.connect(given, decoder)
    graph.connect(encoder, decoder, output=1, input=1)
    graph.connect(encoder, decoder, output=2, input=2)
    graph.connect(decoder, graph.add("Output", name="y"))
    return graph


def test_a_decoder_goes_on_where_its_encoder_ended(tmp_path):
    graph = sequence_to_sequence()
    assert check(graph) == []
    module = compile_graph(graph).eval()
    encoder, decoder = nn.LSTM(7, 6, batch_first=True), nn.LSTM(2, 6, batch_first=True)
    encoder.load_state_dict(module.encoder.state_dict())
    decoder.load_state_dict(module.decoder.state_dict())
    x, given = torch.randn(4, 5, 7), torch.randn(4, 3, 2)
    _, state = encoder(x)
    expected, _ = decoder(given, state)
    torch.testing.assert_close(module(x, given), expected, atol=1e-6, rtol=0)
    export_onnx(Document(graph), tmp_path / "a.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "a.onnx"))
    (found,) = session.run(None, {"x": x.numpy(), "given": given.numpy()})
    torch.testing.assert_close(torch.tensor(found), expected, atol=1e-5, rtol=0)


def test_the_gradient_reaches_the_encoder_through_its_states():
    module = compile_graph(sequence_to_sequence())
    module(torch.randn(4, 5, 7), torch.randn(4, 3, 2)).sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in module.encoder.parameters())


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_weights_have_torchs_names_and_shapes(kind):
    parameters = {"hidden_size": 4, "num_layers": 2, "bidirectional": True}
    graph = single(kind, parameters, [5, 7])
    own = getattr(nn, kind)(7, 4, num_layers=2, bidirectional=True, batch_first=True)
    found = compile_graph(graph).tested.state_dict()
    assert {name: value.shape for name, value in found.items()} == {n: v.shape for n, v in own.state_dict().items()}
    assert parameter_count(graph)["tested"] == sum(value.numel() for value in own.parameters())


def test_an_lstm_without_further_ports_and_parameters_is_as_it_was():
    graph = chain(SEQUENCE, ("LSTM", "l", {"hidden_size": 6, "forget_bias": None}), END)
    module = compile_graph(graph, seed=3).eval()
    own = nn.LSTM(7, 6, batch_first=True)
    own.load_state_dict(module.l.state_dict())
    x = torch.randn(2, 5, 7)
    torch.testing.assert_close(module(x), own(x)[0])
    assert infer_shapes(graph)["y", 0] == ("batch", 5, 6)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_dropout_between_layers_acts_while_training_only_and_follows_torchs_seed(kind):
    module = compile_graph(chain(SEQUENCE, (kind, "r", {"hidden_size": 8, "num_layers": 2, "dropout": 0.5}), END))
    x = torch.randn(2, 5, 7)
    runs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        runs.append(module(x))
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])
    module.eval()
    assert torch.equal(module(x), module(x))


@pytest.mark.parametrize(
    ("gates", "rows"),
    [("all", 4), ("coupled", 3), ("no input gate", 3), ("no forget gate", 3), ("no output gate", 3)],
)
def test_a_variant_has_weights_for_the_gates_that_it_has(gates, rows):
    graph = single("LSTMVariant", {"hidden_size": 4, "gates": gates}, [5, 7])
    peepholes = rows - 1
    assert parameter_count(graph)["tested"] == rows * 4 * (7 + 4 + 2) + peepholes * 4


def test_a_large_forget_bias_keeps_the_memory():
    kept = []
    for bias in (-5.0, 5.0):
        graph = Graph()
        x, memory = graph.add("Input", name="x", shape=[4, 2]), graph.add("Input", name="memory", shape=[3])
        node = graph.add("LSTMVariant", hidden_size=3, gates="no input gate", peepholes=False, forget_bias=bias)
        graph.connect(x, node)
        graph.connect(memory, node, input=2)
        graph.connect(node, graph.add("Output"), output=2)
        module = compile_graph(graph)
        start = torch.full((1, 3), 7.0, requires_grad=True)
        module(torch.zeros(1, 4, 2), start).sum().backward()
        kept.append(start.grad.mean().item())
    assert kept[0] < 0.01
    assert kept[1] > 0.9


# Mistakes


def with_second_input(kind: str, port: int, shape: list[int], first: list[int], **parameters: Any) -> Graph:
    graph = Graph()
    x, other = graph.add("Input", name="x", shape=first), graph.add("Input", name="other", shape=shape)
    node = graph.add(kind, name="n", **parameters)
    graph.connect(x, node)
    graph.connect(other, node, input=port)
    graph.connect(node, graph.add("Output", name="y"))
    return graph


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        (
            with_second_input("LSTM", 1, [5], [5, 7]),
            "LSTM 'n' receives (batch, 5) at its port 'initial state', but needs (batch, 32).",
        ),
        (
            with_second_input("LSTM", 2, [32], [5, 7], num_layers=2, bidirectional=True, proj_size=3),
            "LSTM 'n' receives (batch, 32) at its port 'initial memory', but needs (batch, 128).",
        ),
        (
            with_second_input("GRU", 1, [5, 32], [5, 7]),
            "GRU 'n' receives (batch, 5, 32) at its port 'initial state', but needs one vector for each sample",
        ),
        (
            with_second_input("LSTMCell", 2, [5], [7]),
            "LSTMCell 'n' receives (batch, 5) at its port 'memory', but needs (batch, 32).",
        ),
        (
            with_second_input("LSTMVariant", 1, [5], [5, 7], bidirectional=True),
            "LSTMVariant 'n' receives (batch, 5) at its port 'initial state', but needs (batch, 64).",
        ),
        (
            single("RNNCell", {}, [5, 7]),
            "RNNCell 'tested' receives (batch, 5, 7), but needs one vector for each sample",
        ),
        (single("LSTM", {"proj_size": 40}, [5, 7]), "needs a proj_size below its hidden_size 32, not 40."),
        (
            single("PyramidalReduction", {}, [7, 3]),
            "receives (batch, 7, 3), but needs a number of time steps that its factor 2 divides.",
        ),
        (single("TargetDelay", {"steps": 9}, [5, 3]), "receives (batch, 5, 3), but needs more than 9 time steps."),
        (single("LastStep", {}, [64]), "needs a sequence for each sample: (batch, time, features)."),
        (single("RecursiveTree", {}, [8]), "needs a sequence for each sample: (batch, time, features)."),
        (single("GridLSTM", {}, [1, 8, 8]), "needs a sequence for each sample: (batch, time, features)."),
    ],
)
def test_a_mistake_is_said_in_words_and_mended_with_one_click(graph, sentence):
    (problem,) = check(graph)
    assert sentence in problem.message
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []
