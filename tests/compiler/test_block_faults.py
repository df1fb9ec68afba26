"""What is wrong with a block is named by its path, and mended where it is wrong."""

from __future__ import annotations

import pytest

from compiler import check, compile_graph
from compiler.block_fixes import set_inside
from graph_model import CompileError, EditError, Graph
from graph_model.blocks import Definition, InDefinition, Lifted, SetDefinition
from graph_model.edits import SetParameters
from tests.block_drawings import between, define, naive_rnn, residual_block


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


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"element": 1}, "picks element 1, but 'b/neuron' gives one number, element 0."),
        ({"weight": (1.0, 2.0)}, "has 2 weights, but carries one number."),
    ],
)
def test_a_repeated_neuron_that_took_a_vector_gets_a_number(given, message):
    graph = Graph()
    body = define(graph, "b")
    neuron = body.add("Neuron", name="neuron")
    body.connect(body.add("BlockInput"), neuron, **given)
    body.connect(neuron, body.add("BlockOutput"))
    place = graph.add("@b", name="b", repeat=2)
    graph.connect(graph.add("Input", shape=[2]), place)
    graph.connect(place, graph.add("Output"))
    (problem,) = check(graph)
    assert problem.message == f"The wire from 'b/neuron' to 'b/2/neuron' {message}"
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []
