"""Weights travel between module and document by name; layers come from input to output."""

from __future__ import annotations

import numpy
import pytest
import torch

from compiler import compile_graph
from compiler.blame import first_bad
from compiler.cost import parameter_count
from compiler.layers import learnable_layers
from compiler.weights import apply_weights, collect_weights
from tests.drawings import chain, single, worked_example


def test_collected_weights_make_an_equal_module(small_network):
    trained = compile_graph(small_network, seed=5)
    twin = compile_graph(small_network, seed=6, weights=collect_weights(trained))
    x = torch.randn(4, 4)
    assert torch.equal(trained(x), twin(x))


def test_the_keys_are_node_ids_and_wire_ids():
    assert set(collect_weights(compile_graph(worked_example()))) == {
        *(f"w{number}.weight" for number in range(1, 13)),
        *(f"n{layer}{row}.bias" for layer in range(3) for row in range(2)),
    }


def test_weights_that_do_not_fit_stay_as_they_were(small_network):
    module = compile_graph(small_network)
    before = module.hidden.weight.detach().clone()
    applied = apply_weights(module, {"hidden.weight": numpy.zeros((9, 9)), "last.bias": numpy.ones(2)})
    assert applied == {"last.bias"}
    assert torch.equal(module.hidden.weight, before)
    assert module.last.bias.tolist() == [1.0, 1.0]


def test_collected_weights_are_copies(small_network):
    module = compile_graph(small_network)
    weights = collect_weights(module)
    with torch.no_grad():
        module.hidden.weight.zero_()
    assert weights["hidden.weight"].any()


def test_an_lstm_counts_all_its_weights_of_input_and_of_memory_but_no_bias():
    graph = chain(
        ("Input", "x", {"shape": [5, 3]}),
        ("LSTM", "reader", {"hidden_size": 2, "bidirectional": True}),
        ("Flatten", "flat", {}),
        ("Output", "y", {}),
    )
    (layer,) = learnable_layers(compile_graph(graph), graph)
    assert layer.parameters == tuple(
        f"reader.weight_{kind}_l0{direction}" for direction in ("", "_reverse") for kind in ("ih", "hh")
    )
    assert layer.weight_count == 2 * (8 * 3 + 8 * 2)
    assert parameter_count(graph)["reader"] == layer.weight_count + 2 * 2 * 8


def test_layers_come_from_input_to_output():
    graph = chain(
        ("Input", "x", {"shape": [1, 8, 8]}),
        ("Conv2d", "c", {}),
        ("BatchNorm2d", "norm", {}),
        ("Flatten", "flat", {}),
        ("Linear", "last", {}),
        ("Output", "y", {}),
    )
    layers = learnable_layers(compile_graph(graph), graph)
    assert [(layer.name, layer.parameters) for layer in layers] == [
        ("c", ("c.weight",)),
        ("norm", ("norm.weight",)),
        ("last", ("last.weight",)),
    ]


def test_neurons_of_one_depth_are_a_column():
    graph = worked_example()
    layers = learnable_layers(compile_graph(graph), graph)
    assert [layer.name for layer in layers] == ["column 1", "column 2", "column 3"]
    assert layers[0].node_ids == ("n00", "n01")


def test_parameters_are_counted(small_network):
    counts = parameter_count(small_network)
    assert counts["hidden"] == 4 * 3 + 3
    assert counts["last"] == 3 * 2 + 2
    assert sum(parameter_count(worked_example()).values()) == 18


def test_the_first_node_that_gives_no_numbers_is_named(small_network):
    module = compile_graph(small_network)
    with torch.no_grad():
        module.last.weight[0, 0] = float("nan")
    assert first_bad(module, [torch.randn(2, 4)]) == ("last", "'last' gave values that are not numbers (NaN).")
    assert first_bad(compile_graph(small_network), [torch.randn(2, 4)]) is None


def test_the_node_that_raises_is_named(small_network):
    module = compile_graph(small_network)
    name, sentence = first_bad(module, [torch.randn(2, 9)])
    assert name == "hidden"
    assert sentence.startswith("'hidden' failed:")


@pytest.mark.parametrize("kind", ["Embedding", "EmbeddingBag"])
@pytest.mark.parametrize("index", [5, -1])
def test_an_index_that_an_embedding_does_not_have_is_named(kind, index):
    module = compile_graph(single(kind, {"num_embeddings": 5, "embedding_dim": 2}, [3]))
    bad = first_bad(module, [torch.tensor([[0.0, 4.0, float(index)]])])
    assert bad == (
        "tested",
        f"'tested' received the index {index}, but has 5 entries, 0 to 4: make num_embeddings larger, or feed it whole "
        "numbers below it.",
    )
