"""PyTorch source of a drawing runs and computes the same."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from compiler import compile_graph, to_source
from compiler.weights import collect_weights
from graph_model import CompileError, Document, Graph, save_document
from tests.drawings import chain, single, worked_example
from tests.kind_examples import each_example


def run_source(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "drawn"}
    exec(compile(source, "drawn.py", "exec"), namespace)
    return namespace


def assert_same(graph: Graph, inputs: list[torch.Tensor] | None = None) -> None:
    module = compile_graph(graph).eval()
    network = run_source(to_source(Document(graph)))["Network"]().eval()
    network.load_state_dict(module.state_dict())
    if inputs is None:
        inputs = [torch.randn(3, *node.parameters["shape"]) for node in graph.nodes() if node.kind == "Input"]
    torch.testing.assert_close(network(*inputs), module(*inputs))


@pytest.mark.parametrize("example", each_example())
def test_every_kind(example):
    assert_same(example.drawing(), example.samples(3))


def test_names_and_descriptions_are_never_code():
    graph = chain(("Input", 'x"""; raise SystemExit', {}), ("Linear", "torch", {}), ("Output", "import os", {}))
    graph.name = '"""\nraise SystemExit(1)\n"""'
    document = Document(graph, description="'); raise SystemExit(2) #")
    namespace = run_source(to_source(document))
    assert namespace["NAME"] == graph.name
    assert namespace["DESCRIPTION"] == document.description
    assert namespace["Network"]()(torch.zeros(1, 64)).shape == (1, 32)


@pytest.mark.parametrize(
    "graph", [worked_example(), chain(("Input", "x", {}), ("Linear", "h", {}), ("Output", "y", {}))]
)
def test_trained_weights_are_loaded_out_of_a_document(graph, tmp_path):
    module = compile_graph(graph, seed=9)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1)
    document = Document(graph, weights=collect_weights(module))
    save_document(document, tmp_path / "trained.gradcanvas")
    namespace = run_source(to_source(document))
    network = namespace["Network"]()
    namespace["load_weights"](network, str(tmp_path / "trained.gradcanvas"))
    inputs = torch.randn(2, *graph.node_named("x").parameters["shape"])
    torch.testing.assert_close(network(inputs), module(inputs))


def test_run_by_itself_it_feeds_an_embedding_indices_that_it_has(capsys):
    source = to_source(Document(single("EmbeddingBag", {"num_embeddings": 2, "embedding_dim": 3}, [50])))
    exec(compile(source, "drawn.py", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.startswith("tensor([[")


def test_a_drawing_with_problems_is_refused():
    with pytest.raises(CompileError, match="empty"):
        to_source(Document(Graph()))


def test_the_forget_gates_start_as_they_do_in_the_drawing():
    graph = single("LSTM", {"hidden_size": 2, "num_layers": 2, "forget_bias": 1.5}, [5, 4])
    network = run_source(to_source(Document(graph)))["Network"]()
    for name, value in network.tested.named_parameters():
        if name.startswith("bias"):
            assert value[2:4].tolist() == [1.5 if name.startswith("bias_ih") else 0.0] * 2
            assert 0 < value[0] ** 2 < 0.5
