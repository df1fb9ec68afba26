"""A drawing with blocks computes what the same drawing without them computes."""

from __future__ import annotations

import pytest
import torch

from compiler import check, compile_graph, export_onnx, infer_shapes, to_source
from compiler.cost import parameter_count
from compiler.layers import learnable_layers
from compiler.weights import collect_weights
from graph_model import Document, Graph, load_document, save_document
from graph_model.blocks import Definition, Lifted, SetDefinition
from graph_model.blocks.grouping import group
from tests.block_drawings import between, define, everything, naive_rnn, residual, residual_block

X = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))


def test_each_place_has_weights_of_its_own_under_its_path():
    graph = Graph()
    residual_block(graph)
    between(graph, [6], ("@residual", "a", {}), ("@residual", "b", {}))
    module = compile_graph(graph)
    weights = collect_weights(module)
    assert set(weights) == {"a/layer.weight", "a/layer.bias", "b/layer.weight", "b/layer.bias"}
    torch.testing.assert_close(module(X), residual(residual(X, weights, "a/"), weights, "b/"))


def test_places_of_one_label_share_their_weights_and_count_once():
    graph = Graph()
    residual_block(graph)
    between(graph, [6], ("@residual", "a", {"weights": "same"}), ("@residual", "b", {"weights": "same"}))
    module = compile_graph(graph)
    weights = collect_weights(module)
    owner = "@residual=same/"
    assert set(weights) == {f"{owner}layer.weight", f"{owner}layer.bias"}
    torch.testing.assert_close(module(X), residual(residual(X, weights, owner), weights, owner))
    assert sum(parameter_count(graph).values()) == 6 * 6 + 6
    assert len(list(module.parameters())) == 2
    assert [layer.name for layer in learnable_layers(module, graph)] == ["a/layer"]


@pytest.mark.parametrize(("shared", "count"), [("own", 3), ("shared", 1)])
def test_a_block_is_repeated_with_own_or_shared_weights(shared, count):
    graph = Graph()
    residual_block(graph)
    between(graph, [6], ("@residual", "a", {"repeat": 3, "repeat_weights": shared}))
    module = compile_graph(graph)
    weights = collect_weights(module)
    assert len(weights) == 2 * count
    value = X
    for owner in ("a/", "a/2/", "a/3/") if shared == "own" else ("a/",) * 3:
        value = residual(value, weights, owner)
    torch.testing.assert_close(module(X), value)


def test_blocks_nest():
    graph = Graph()
    residual_block(graph)
    body = define(graph, "pair")
    x, first = body.add("BlockInput"), body.add("@residual", name="first")
    second, y = body.add("@residual", name="second"), body.add("BlockOutput")
    for source, target in ((x, first), (first, second), (second, y)):
        body.connect(source, target)
    between(graph, [6], ("@pair", "a", {"repeat": 2}))
    module = compile_graph(graph)
    weights = collect_weights(module)
    value = X
    for owner in ("a/first/", "a/second/", "a/2/first/", "a/2/second/"):
        value = residual(value, weights, owner)
    torch.testing.assert_close(module(X), value)
    assert infer_shapes(graph)["a", 0] == ("batch", 6)


def test_a_lifted_parameter_is_set_at_each_place():
    graph = Graph()
    body = residual_block(graph)
    definition = graph.definitions.definition("@residual")
    lifted = (Lifted("squash", body.node_named("layer").id, "activation"),)
    graph.apply(SetDefinition(type(definition)(definition.id, definition.name, lifted=lifted)))
    between(graph, [6], ("@residual", "a", {"squash": "Tanh"}), ("@residual", "b", {}))
    module = compile_graph(graph)
    weights = collect_weights(module)
    tanh = X + torch.tanh(X @ torch.tensor(weights["a/layer.weight"]).T + torch.tensor(weights["a/layer.bias"]))
    torch.testing.assert_close(module(X), residual(tanh, weights, "b/"))


def test_neurons_that_meet_at_a_port_become_one_vector_and_go_through_it_singly():
    graph = Graph()
    body = define(graph, "head")
    x = body.add("BlockInput")
    layer = body.add("Linear", name="layer", out_features=3)
    picks = body.add("Neuron", name="pick", activation="Identity")
    body.connect(x, layer)
    body.connect(x, picks, element=1, weight=2.0)
    body.connect(layer, body.add("BlockOutput", name="all"))
    body.connect(picks, body.add("BlockOutput", name="one"))
    data = graph.add("Input", name="x", shape=[2])
    neurons = [graph.add("Neuron", name=f"n{index}", activation="Identity", bias=float(index)) for index in range(2)]
    place = graph.add("@head", name="head")
    for index, neuron in enumerate(neurons):
        graph.connect(data, neuron, element=index, weight=1.0)
        graph.connect(neuron, place)
    graph.connect(place, graph.add("Output", name="y"), output=0)
    graph.connect(place, graph.add("Output", name="z"), output=1)
    assert check(graph) == []
    module = compile_graph(graph)
    values = torch.tensor([[3.0, 5.0]])
    y, z = module(values)
    assert z.tolist() == [[2.0 * (5.0 + 1.0)]]
    weights = collect_weights(module)
    gathered = torch.tensor([[3.0, 6.0]])
    expected = gathered @ torch.tensor(weights["head/layer.weight"]).T + torch.tensor(weights["head/layer.bias"])
    torch.testing.assert_close(y, expected)


def test_neurons_in_places_that_share_their_weights_are_tied():
    graph = Graph()
    body = define(graph, "unit")
    x, neuron = body.add("BlockInput"), body.add("Neuron", name="n", activation="Tanh")
    body.connect(x, neuron)
    body.connect(neuron, body.add("BlockOutput"))
    data = graph.add("Input", name="x", shape=[3])
    y = graph.add("Output", name="y")
    for name in ("a", "b"):
        place = graph.add("@unit", name=name, weights="same")
        graph.connect(data, place)
        graph.connect(place, y)
    module = compile_graph(graph)
    answers = module(torch.randn(5, 3))
    assert torch.equal(answers[:, 0], answers[:, 1])
    assert sum(parameter_count(graph).values()) == 4
    assert sum(parameter.numel() for parameter in module.parameters()) == 4


def test_weights_go_back_into_a_module_with_blocks():
    graph = Graph()
    residual_block(graph)
    naive_rnn(graph, hidden=6)
    between(
        graph,
        [4, 6],
        ("@rnn", "cell", {"over_time": "both", "returns": "last"}),
        ("Linear", "l", {"out_features": 6}),
        ("@residual", "a", {"weights": "s"}),
        ("@residual", "b", {"weights": "s"}),
    )
    first = compile_graph(graph, seed=1)
    second = compile_graph(graph, seed=2, weights=collect_weights(first))
    x = torch.randn(3, 4, 6)
    assert torch.equal(first(x), second(x))


def test_onnx_agrees(tmp_path):
    graph = everything()
    weights = collect_weights(compile_graph(graph, seed=3))
    weights["cell.start_0"] += 0.5
    report = export_onnx(Document(graph, weights=weights), tmp_path / "a.onnx")
    assert report.max_abs_difference < 1e-5


def test_source_runs_and_loads_a_documents_weights(tmp_path):
    graph = everything()
    weights = collect_weights(compile_graph(graph, seed=3))
    document = Document(graph, weights=weights)
    namespace: dict = {"__name__": "drawn"}
    exec(compile(to_source(document), "drawn.py", "exec"), namespace)
    save_document(document, tmp_path / "a.gradcanvas")
    network = namespace["Network"]().eval()
    namespace["load_weights"](network, str(tmp_path / "a.gradcanvas"))
    module = compile_graph(graph, weights=weights).eval()
    x = torch.randn(3, 4, 6)
    torch.testing.assert_close(network(x), module(x))
    assert set(network.state_dict()) == set(module.state_dict())


def test_a_file_brings_blocks_and_weights_back(tmp_path):
    graph = everything()
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=3)))
    save_document(document, tmp_path / "a.gradcanvas")
    back = load_document(tmp_path / "a.gradcanvas")
    assert back.graph == graph
    assert set(back.weights) == set(document.weights)
    x = torch.randn(2, 4, 6)
    first, second = (compile_graph(one.graph, weights=one.weights).eval() for one in (document, back))
    assert torch.equal(first(x), second(x))


def test_a_lifted_parameter_of_a_place_inside_holds():
    graph = Graph()
    residual_block(graph)
    outer = define(graph, "outer")
    x, inner, y = outer.add("BlockInput"), outer.add("@residual", name="inner"), outer.add("BlockOutput")
    outer.connect(x, inner)
    outer.connect(inner, y)
    graph.apply(SetDefinition(Definition("@outer", "outer", lifted=(Lifted("times", inner.id, "repeat"),))))
    between(graph, [6], ("@outer", "a", {"times": 3}))
    assert len(collect_weights(compile_graph(graph))) == 6


def test_a_group_of_what_nothing_takes_has_outputs():
    graph = Graph()
    nodes = between(graph, [6], ("Linear", "l", {}))
    graph.remove(nodes[-1])
    regrouping = group(graph, [nodes[1].id])
    graph.apply(regrouping.edit)
    graph.connect(regrouping.place, graph.add("Output", name="y"))
    assert check(graph) == []
