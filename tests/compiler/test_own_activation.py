"""Every activation that a layer or a neuron can have of its own: it runs, is written, and is read back as its own."""

from __future__ import annotations

import pytest
import torch

from compiler import compile_graph, export_onnx, import_onnx, to_source
from compiler.own_activation import activation_module
from compiler.weights import collect_weights
from graph_model import Document, Graph, kinds
from graph_model.catalogue.shared_parameters import ELEMENTWISE_ACTIVATIONS
from tests.compiler.test_source import run_source

EACH = pytest.mark.parametrize("activation", ELEMENTWISE_ACTIVATIONS[1:])


def neurons_before_a_layer(activation: str) -> Document:
    """Three neurons "n0", "n1", "n2" and a Linear "layer" behind them, all with one activation."""
    graph = Graph(activation)
    x = graph.add("Input", name="x", shape=[4])
    layer = graph.add("Linear", name="layer", out_features=5, activation=activation)
    for number in range(3):
        neuron = graph.add("Neuron", name=f"n{number}", bias=0.3, activation=activation)
        graph.connect(x, neuron)
        graph.connect(neuron, layer)
    graph.connect(layer, graph.add("Output", name="y"))
    return Document(graph, weights=collect_weights(compile_graph(graph, seed=7)))


def test_all_that_work_on_each_number_by_itself_are_offered():
    offered = {kind.name for kind in kinds().values() if kind.elementwise}
    assert offered == set(ELEMENTWISE_ACTIVATIONS) - {"Identity"}


@EACH
def test_it_is_the_kind_of_that_name_with_its_default_parameters(activation):
    graph = Graph()
    x, node = graph.add("Input", name="x", shape=[9]), graph.add(activation)
    graph.connect(x, node)
    graph.connect(node, graph.add("Output"))
    values = torch.linspace(-30.0, 30.0, 27).reshape(3, 9)
    torch.testing.assert_close(activation_module(activation)(values), compile_graph(graph)(values))


@EACH
def test_neurons_and_layers_with_it_are_exported_and_read_back(activation, tmp_path):
    document = neurons_before_a_layer(activation)
    assert export_onnx(document, tmp_path / "a.onnx").max_abs_difference <= 1e-5
    back = import_onnx(tmp_path / "a.onnx")
    if activation != "PReLU":  # a layer's learned slope cannot be told from a node's of its own
        assert [node.kind for node in back.graph.nodes()].count(activation) == 0
        assert back.graph.node_named("layer").parameters["activation"] == activation
    assert [back.graph.node_named(f"n{number}").parameters["activation"] for number in range(3)] == [activation] * 3
    inputs = 3 * torch.randn(20, 4)
    before, after = (compile_graph(one.graph, weights=one.weights).eval()(inputs) for one in (document, back))
    torch.testing.assert_close(after, before, atol=1e-6, rtol=1e-5)


@EACH
def test_exported_source_with_it_computes_the_same(activation):
    document = neurons_before_a_layer(activation)
    module = compile_graph(document.graph, weights=document.weights).eval()
    network = run_source(to_source(document))["Network"]().eval()
    network.load_state_dict(module.state_dict())
    inputs = 3 * torch.randn(20, 4)
    torch.testing.assert_close(network(inputs), module(inputs))
