"""A drawing with blocks computes what the same drawing without them computes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from compiler import check, compile_graph, export_onnx, infer_shapes, to_source
from compiler.block_fixes import set_inside
from compiler.cost import parameter_count
from compiler.layers import learnable_layers
from compiler.weights import collect_weights
from graph_model import CompileError, Document, EditError, Graph, load_document, save_document
from graph_model.blocks import Definition, InDefinition, Lifted, SetDefinition
from graph_model.blocks.grouping import group
from graph_model.edits import SetParameters
from tests.block_drawings import between, define, everything, naive_rnn, residual_block

X = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))


def residual(x: torch.Tensor, weights: dict, owner: str) -> torch.Tensor:
    weight, bias = (torch.tensor(weights[f"{owner}layer.{name}"]) for name in ("weight", "bias"))
    return x + torch.relu(x @ weight.T + bias)


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


def problems(graph: Graph) -> list[str]:
    return [problem.message for problem in check(graph)]


def test_what_is_wrong_inside_a_block_is_named_by_its_path_and_mended_there():
    graph = Graph()
    body = residual_block(graph, width=5)
    between(graph, [6], ("@residual", "a", {}))
    (problem,) = check(graph)
    assert problem.node == "a/sum"
    assert "needs the same shape from all its wires, but receives (batch, 6) from 'x' and (batch, 5)" in problem.message
    graph.apply(InDefinition("@residual", SetParameters(body.node_named("layer").id, {"out_features": 6})))
    assert check(graph) == []


def test_a_delay_of_another_size_than_what_arrives_is_mended_with_one_click():
    graph = Graph()
    body = naive_rnn(graph, hidden=5)
    body.set(body.node_named("h"), shape=[4])
    between(graph, [7, 3], ("@rnn", "cell", {}))
    (problem,) = check(graph)
    assert problem.message == "Delay 'cell/h' keeps (batch, 4), but (batch, 5) arrives at it: both must be the same."
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_layers_that_receive_different_shapes_cannot_share_weights():
    graph = Graph()
    body = define(graph, "narrow")
    x, layer = body.add("BlockInput"), body.add("Linear", name="layer", out_features=3)
    body.connect(x, layer)
    body.connect(layer, body.add("BlockOutput"))
    between(graph, [6], ("@narrow", "a", {"weights": "w"}), ("@narrow", "b", {"weights": "w"}))
    (problem,) = check(graph)
    assert "shares its weights with 'a/layer', which receives another shape" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_a_block_over_time_needs_a_sequence():
    graph = Graph()
    naive_rnn(graph)
    between(graph, [6], ("@rnn", "cell", {}))
    assert problems(graph) == [
        "rnn 'cell' is applied over time and needs a sequence, (batch, time, …), but 'x' gives (batch, 6)."
    ]


def test_a_port_without_a_wire_is_named():
    graph = Graph()
    residual_block(graph)
    between(graph, [6], ("Linear", "l", {"out_features": 6}))
    graph.add("@residual", name="alone")
    assert "residual 'alone' has nothing wired to it." in problems(graph)


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


def test_blocks_that_would_unfold_to_billions_of_nodes_are_refused_in_words_and_at_once():
    graph = Graph()
    held = "Linear"
    for number in range(40):
        body = define(graph, f"b{number}")
        last = body.add("BlockInput")
        for node in (body.add(held), body.add(held), body.add("BlockOutput")):
            body.connect(last, node)
            last = node
        held = f"@b{number}"
    between(graph, [32], (held, "bomb", {}))
    (problem,) = check(graph)
    assert "With all its blocks the drawing has" in problem.message
    with pytest.raises(CompileError, match="can run"):
        compile_graph(graph)


def test_blocks_lie_in_each_other_no_deeper_than_can_be_overlooked():
    graph = Graph()
    held = "Identity"
    for number in range(50):
        define(graph, f"b{number}").add(held)
        held = f"@b{number}"
    with pytest.raises(EditError, match="holds 50 blocks in each other already"):
        graph.add(held)


def test_layers_with_other_parameters_cannot_share_weights():
    graph = Graph()
    body = residual_block(graph)
    lifted = (Lifted("squash", body.node_named("layer").id, "activation"),)
    graph.apply(SetDefinition(Definition("@residual", "residual", lifted=lifted)))
    between(graph, [6], ("@residual", "a", {"weights": "w"}), ("@residual", "b", {"weights": "w", "squash": "Tanh"}))
    (problem,) = check(graph)
    assert "'b/layer' shares its weights with 'a/layer', but has other parameters" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_a_fix_reaches_a_parameter_that_the_place_sets():
    graph = Graph()
    body = residual_block(graph, width=6)
    lifted = (Lifted("width", body.node_named("layer").id, "out_features"),)
    graph.apply(SetDefinition(Definition("@residual", "residual", lifted=lifted)))
    edit = SetParameters(body.node_named("layer").id, {"out_features": 6})
    between(graph, [6], ("@residual", "a", {"width": 5}))
    assert problems(graph) != []
    graph.apply(set_inside(body, edit, "a/layer"))
    assert check(graph) == []


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


def test_several_vectors_at_one_port_are_told_and_joined():
    graph = Graph()
    body = define(graph, "unit")
    x, layer, y = (
        body.add("BlockInput", name="x"),
        body.add("Linear", name="l", out_features=2),
        body.add("BlockOutput"),
    )
    for _ in range(2):
        body.connect(x, layer)
    body.connect(layer, y)
    between(graph, [6], ("@unit", "a", {}))
    (problem,) = check(graph)
    assert (
        "takes one value at its port 'input', but (batch, 6) from 'x' and (batch, 6) from 'x' arrive" in problem.message
    )
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_a_group_of_what_nothing_takes_has_outputs():
    graph = Graph()
    nodes = between(graph, [6], ("Linear", "l", {}))
    graph.remove(nodes[-1])
    regrouping = group(graph, [nodes[1].id])
    graph.apply(regrouping.edit)
    graph.connect(regrouping.place, graph.add("Output", name="y"))
    assert check(graph) == []


def test_repetitions_over_time_that_share_weights_but_receive_other_shapes_are_unshared_with_one_click():
    graph = Graph()
    body = define(graph, "widen")
    x, layer = body.add("BlockInput"), body.add("Linear", name="layer", out_features=3)
    body.connect(x, layer)
    body.connect(layer, body.add("BlockOutput"))
    shared = {"over_time": "forward", "weights": "w", "repeat": 2, "repeat_weights": "shared"}
    between(graph, [4, 6], ("@widen", "cell", shared))
    (problem,) = check(graph)
    assert problem.fixes[0].label == "Give each repetition of 'cell' weights of its own"
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []
