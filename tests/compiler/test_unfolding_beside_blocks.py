"""A layer between blocks becomes neurons and a layer again."""

from __future__ import annotations

import torch

from compiler import compile_graph
from compiler.unfolding import fold, unfold
from compiler.weights import apply_weights, collect_weights
from graph_model import Document, Graph
from graph_model.document import WithWeights
from tests.block_drawings import between, residual_block


def test_a_layer_between_blocks_unfolds_and_folds_back():
    graph = Graph("between blocks")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {}), ("Linear", "layer", {"out_features": 4}), ("@residual", "b", {}))
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=3)))

    sample = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))

    def answer() -> torch.Tensor:
        module = compile_graph(graph, seed=0)
        apply_weights(module, document.weights)
        return module(sample).detach()

    before = answer()
    unfolded = unfold(document, "layer")
    document.apply(unfolded.edit)
    neurons = {identifier for identifier in unfolded.node_ids if graph.node(identifier).kind == "Neuron"}
    assert {wire.source for wire in graph.incoming("b")} == neurons
    torch.testing.assert_close(answer(), before)
    folded = fold(document, list(unfolded.node_ids))
    document.apply(WithWeights(folded.edit, folded.weights))
    torch.testing.assert_close(answer(), before)
    assert [wire.source for wire in graph.incoming(folded.node_id)] == ["a"]
    assert [wire.target for wire in graph.outgoing(folded.node_id)] == ["b"]
