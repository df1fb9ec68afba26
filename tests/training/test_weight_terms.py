"""One weight of a layer, spelled out: the products add up to autograd's gradient."""

from __future__ import annotations

import numpy
import pytest

from app.training.backpropagation import trace_example
from app.training.losses import loss_function
from compiler import compile_graph
from graph_model import Document, Graph, TrainingError
from tests.drawings import chain

CASES = [
    ("Linear", {"out_features": 3, "activation": "Tanh"}, [4], "weight", (2, 1), 1),
    ("Linear", {"out_features": 3}, [5, 4], "weight", (2, 1), 5),
    ("Linear", {"out_features": 3}, [5, 4], "bias", (1,), 5),
    ("Linear", {"out_features": 3, "pruned": [[2, 1]]}, [4], "weight", (2, 1), 1),
    ("Linear", {"out_features": 3, "activation": "PReLU"}, [4], "activation.weight", (0,), 3),
    ("Conv2d", {"out_channels": 2, "kernel_size": 3, "activation": "Sigmoid"}, [2, 6, 6], "weight", (1, 1, 0, 2), 16),
    ("Conv2d", {"out_channels": 4, "kernel_size": [3, 2], "stride": [1, 2], "padding": [1, 0], "dilation": 2,
                "groups": 2}, [4, 7, 6], "weight", (3, 1, 2, 1), None),
    ("Conv2d", {"out_channels": 2, "kernel_size": 3}, [2, 6, 6], "bias", (1,), 16),
    ("Conv1d", {"out_channels": 2, "kernel_size": 3, "padding": 2, "stride": 2}, [3, 7], "weight", (0, 2, 1), 5),
    ("BatchNorm2d", {"activation": "Sigmoid"}, [2, 3, 4], "weight", (1,), 12),
    ("BatchNorm1d", {}, [4], "bias", (1,), 1),
    ("PReLU", {"num_parameters": 3}, [3, 4, 2], "weight", (2,), 8),
    ("PReLU", {}, [3], "weight", (0,), 3),
]  # fmt: skip


def document_of(kind: str, parameters: dict, shape: list[int]) -> Document:
    graph = chain(
        ("Input", "x", {"shape": shape}),
        (kind, "tested", parameters),
        ("Flatten", "flat", {}),
        ("Output", "y", {}),
    )
    document = Document(graph)
    if kind.startswith("BatchNorm"):
        generator = numpy.random.default_rng(3)
        document.weights = {
            f"tested.{name}": generator.uniform(0.5, 2.0, shape[0]).astype("float32")
            for name in ("running_mean", "running_var", "weight")
        }
    return document


@pytest.mark.parametrize(("kind", "parameters", "shape", "parameter", "index", "places"), CASES)
def test_the_products_add_up_to_the_gradient(kind, parameters, shape, parameter, index, places):
    document = document_of(kind, parameters, shape)
    x = numpy.random.default_rng(0).normal(size=shape)
    weight = trace_example(document, x, 1).weight("tested", parameter, index)
    assert weight.gradient == pytest.approx(autograd_gradient(document, x, parameter)[index], abs=1e-12)
    assert sum(term.product for term in weight.terms) == pytest.approx(weight.gradient, abs=1e-12)
    assert all(term.product == term.input * term.delta for term in weight.terms)
    if places is not None:
        assert len(weight.terms) == places


def autograd_gradient(document: Document, x, parameter: str) -> numpy.ndarray:
    import torch

    module = compile_graph(document.graph, document.training.seed, document.weights).double().eval()
    output = module(torch.tensor(x)[None])
    loss_function("cross_entropy", document.graph)(output, torch.tensor([1])).backward()
    owner = module.tested_activation if parameter.startswith("activation.") else module.tested
    return getattr(owner, parameter.rpartition(".")[2]).grad.numpy()


def test_a_tap_of_a_filter_names_the_places_where_it_lies_and_sees_zeros_in_the_padding():
    document = document_of("Conv2d", {"out_channels": 1, "kernel_size": 3, "padding": 1}, [1, 3, 3])
    x = numpy.arange(1.0, 10.0).reshape(1, 3, 3)
    terms = trace_example(document, x, 0).weight("tested", "weight", (0, 0, 0, 0)).terms
    assert [term.place for term in terms] == [(row, column) for row in range(3) for column in range(3)]
    assert [term.input for term in terms] == [0, 0, 0, 0, 1, 2, 0, 4, 5]


def test_a_pruned_connection_has_the_gradient_zero_and_a_frozen_layer_says_so():
    document = document_of("Linear", {"out_features": 3, "pruned": [[2, 1]], "trainable": False}, [4])
    weight = trace_example(document, [1, 2, 3, 4], 0).weight("tested", "weight", (2, 1))
    assert (weight.gradient, weight.terms[0].input) == (0.0, 0.0)
    assert not weight.trainable
    assert trace_example(document, [1, 2, 3, 4], 0).weight("tested", "weight", (2, 0)).gradient != 0


def test_a_weight_that_is_not_there_is_named():
    graph: Graph = document_of("Linear", {"out_features": 3}, [4]).graph
    trace = trace_example(Document(graph), [1, 2, 3, 4], 0)
    with pytest.raises(TrainingError, match=r"'tested\.weight' has no place \(3, 0\)"):
        trace.weight("tested", "weight", (3, 0))
    with pytest.raises(TrainingError, match="Linear 'tested' has no weight 'slope'"):
        trace.weight("tested", "slope", (0,))
