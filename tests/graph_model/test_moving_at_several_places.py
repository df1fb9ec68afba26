"""Nodes go into a block and out of it that is placed several times: all places follow, each with its own weights."""

from __future__ import annotations

import itertools

import numpy
import pytest

from graph_model import Document, EditError, Graph
from graph_model.blocks import Definition, Lifted, SetDefinition
from graph_model.blocks.moving_in import move_in
from graph_model.blocks.moving_out import move_out
from graph_model.blocks.other_places import SeveralPlaces
from graph_model.document_file import structure_text
from tests.block_drawings import between, define, residual_block
from tests.graph_model.moving import answers, trained
from tests.graph_model.test_blocks_moving import computed, two_places


def test_nodes_go_out_of_every_place_each_with_the_weights_that_it_had_there():
    document = two_places()
    trained(document)
    before, first, second = (computed(document), document.weights["a/layer.weight"], document.weights["b/layer.weight"])
    made = move_out(document.graph, "b", ["layer"])
    document.apply(made.with_weights(document))
    graph = document.graph
    assert [node.name for node in graph.nodes() if node.kind == "Linear"] == ["last", "layer", "layer 2"]
    (outside,) = made.nodes
    assert document.weights["layer.weight"] is first
    assert document.weights[f"{outside.id}.weight"] is second
    assert "a/layer.weight" not in document.weights
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)


def test_places_that_shared_their_weights_have_copies_of_them_outside():
    document = two_places("common")
    trained(document)
    before, shared = computed(document), document.weights["@residual=common/layer.weight"]
    document.apply(move_out(document.graph, "a", ["layer"]).with_weights(document))
    assert document.weights["layer.weight"] is shared
    assert document.weights["layer_2.weight"] is shared
    assert "@residual=common/layer.weight" not in document.weights
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)


def test_a_node_outside_is_as_its_place_had_set_it():
    graph = Graph("lifted")
    body = define(graph, "stage")
    nodes = [body.add("BlockInput"), body.add("LeakyReLU", name="leak"), body.add("Tanh"), body.add("BlockOutput")]
    for source, target in itertools.pairwise(nodes):
        body.connect(source, target)
    graph.apply(SetDefinition(Definition("@stage", "stage", lifted=(Lifted("slope", "leak", "negative_slope"),))))
    between(graph, [4], ("@stage", "a", {"slope": 0.3}), ("@stage", "b", {}))
    graph.apply(move_out(graph, "b", ["leak"]).edit)
    outside = [node for node in graph.nodes() if node.kind == "LeakyReLU"]
    assert [node.parameters["negative_slope"] for node in outside] == [0.3, 0.01]


def test_nodes_go_out_of_places_inside_other_blocks_too():
    graph = Graph("nested")
    residual_block(graph, 4)
    pair = define(graph, "pair")
    nodes = [pair.add("BlockInput"), pair.add("@residual", name="one"), pair.add("BlockOutput")]
    for source, target in itertools.pairwise(nodes):
        pair.connect(source, target)
    between(graph, [4], ("@residual", "a", {}), ("@pair", "p", {}), ("@pair", "q", {"repeat": 2}))
    document = Document(graph)
    trained(document)
    text, before, deep = structure_text(document), computed(document), document.weights["q/2/one/layer.weight"]
    undo = document.apply(move_out(graph, "a", ["layer"]).with_weights(document))
    assert pair.has_node("layer")
    assert graph.has_node("layer")
    assert document.weights["q/2/layer.weight"] is deep
    numpy.testing.assert_allclose(computed(document), before, atol=1e-5)
    document.apply(undo)
    assert structure_text(document) == text
    inside = move_out(pair, "one", ["layer"])
    undo = document.apply(inside.with_weights(document, "@pair"))
    assert [node.id for node in inside.nodes] == ["layer"]
    assert document.weights["q/2/layer.weight"] is deep
    numpy.testing.assert_allclose(computed(document), before, atol=1e-5)
    document.apply(undo)
    assert structure_text(document) == text


def test_neurons_that_go_out_of_two_places_share_nothing_with_each_other():
    graph = Graph("tied")
    body = define(graph, "cell")
    x, y = body.add("BlockInput", name="x"), body.add("BlockOutput", name="y")
    for name in ("m", "n"):
        neuron = body.add("Neuron", name=name, bias_tie="b")
        body.connect(x, neuron, element=0, tie="t", weight=0.5)
        body.connect(neuron, y)
    body.add("Tanh", name="rest")
    between(graph, [4], ("@cell", "a", {}), ("Linear", "last", {"out_features": 4}), ("@cell", "b", {}))
    graph.apply(move_out(graph, "a", ["m", "n"]).edit)
    assert {tie: len(graph.tied(tie)) for tie in graph.ties()} == {"t": 2, "t 2": 2}


def test_a_node_dropped_into_one_place_is_gained_by_all():
    document = two_places()
    trained(document)
    graph = document.graph
    text, array = structure_text(document), document.weights["last.weight"]
    made = move_in(graph, ["last"], "b")
    undo = document.apply(made.with_weights(document))
    body = graph.definitions.body("@residual")
    assert [graph.node(wire.source).name for wire in graph.incoming("y")] == ["b"]
    assert [wire.source for wire in body.incoming("y")] == ["last"]
    assert [wire.source for wire in graph.incoming("b")] == ["a"]
    assert document.weights["a/last.weight"] is array
    assert document.weights["b/last.weight"] is array
    answers(document)
    document.apply(undo)
    assert structure_text(document) == text


def test_a_node_between_two_places_becomes_the_first_step_of_both():
    graph = Graph("between")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {}), ("Linear", "h", {"out_features": 4}), ("@residual", "b", {}))
    graph.apply(move_in(graph, ["h"], "b").edit)
    body = graph.definitions.body("@residual")
    assert [wire.target for wire in body.outgoing("x")] == ["h"]
    assert {wire.target for wire in body.outgoing("h")} == {"layer", "sum"}
    assert {(wire.source, wire.target) for wire in graph.wires()} == {("x", "a"), ("a", "b"), ("b", "y")}


def test_a_node_that_needs_what_other_places_do_not_have_is_refused_with_both_ways_out():
    document = two_places()
    graph = document.graph
    text = structure_text(document)
    other = graph.add("Input", name="other", shape=[4])
    joined = graph.add("Add", name="joined")
    graph.connect("b", joined)
    graph.connect(other, joined)
    with_it = structure_text(document)
    with pytest.raises(SeveralPlaces) as refused:
        move_in(graph, ["joined"], "b")
    assert str(refused.value) == (
        "'b' is one of 2 places of the block 'residual', and the nodes cannot go into all of them: 'joined' also gets "
        "the value of 'other', and nothing would arrive in its place at 'a'. Make 'b' a block of its own first, or "
        "lead 'other' into the block through a port at all its places."
    )
    assert refused.value.place_id == "b"
    assert structure_text(document) == with_it != text


def test_a_node_whose_place_would_cut_off_another_is_refused():
    graph = Graph("cut off")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {}))
    graph.connect(graph.add("Parameter", name="p", shape=[4]), graph.add("@residual", name="b"))
    with pytest.raises(SeveralPlaces, match="what arrives at 'x' of 'a' would be lost"):
        move_in(graph, ["p"], "b")


def test_a_block_of_which_all_goes_out_is_none_any_more():
    document = two_places()
    trained(document)
    text, before = structure_text(document), computed(document)
    undo = document.apply(move_out(document.graph, "a", ["layer", "sum"]).with_weights(document))
    assert [node.kind for node in document.graph.nodes()].count("Add") == 2
    assert not document.graph.places()
    assert not len(document.graph.definitions)
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)
    document.apply(undo)
    assert structure_text(document) == text


def test_nothing_goes_out_while_a_place_is_repeated_or_reads_in_both_directions():
    document = two_places()
    document.graph.set("a", repeat=2)
    with pytest.raises(EditError, match="set repeat of 'a' to 1 first"):
        move_out(document.graph, "b", ["layer"])
    document.graph.set("a", repeat=1, over_time="both")
    with pytest.raises(EditError, match="Set over_time of 'a' to forward or backward first"):
        move_out(document.graph, "b", ["layer"])


def neurons_in_places(label: str) -> Document:
    graph = Graph("neurons")
    body = define(graph, "cell")
    x, y = body.add("BlockInput", name="x"), body.add("BlockOutput", name="y")
    for name in ("m", "n", "o", "p"):
        neuron = body.add("Neuron", name=name)
        body.connect(x, neuron)
        body.connect(neuron, y)
    body.add("BlockOutput", name="through")
    body.connect(x, "through")
    between(graph, [4], ("@cell", "a", {"weights": label}), ("@cell", "b", {"weights": label}))
    document = Document(graph)
    trained(document)
    return document


@pytest.mark.parametrize("label", ["", "w"])
def test_neurons_take_their_weights_along_also_where_places_share_them(label):
    from compiler.weights import apply_weights, collect_weights

    document = neurons_in_places(label)
    if label:
        from compiler import compile_graph

        module = compile_graph(document.graph)
        apply_weights(module, document.weights)
        document.weights = collect_weights(module)
    before = computed(document)
    out = move_out(document.graph, "b", ["m", "n", "o", "p"])
    undo = document.apply(out.with_weights(document))
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)
    document.apply(undo)
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)


@pytest.mark.parametrize("label", ["", "w"])
def test_a_neuron_that_goes_in_has_its_weight_at_every_place(label):
    document = neurons_in_places(label)
    graph = document.graph
    neuron = graph.add("Neuron", name="extra")
    wire = graph.connect("b", neuron, output=1)
    document.weights[f"{wire.id}.weight"] = array = numpy.ones(4, numpy.float32)
    document.weights["extra.bias"] = numpy.array(0.5, numpy.float32)
    made = move_in(graph, ["extra"], "b")
    document.apply(made.with_weights(document))
    inner = made.moved[wire.id].removeprefix("b/")
    assert document.weights[f"a/{inner}.weight"] is document.weights[f"b/{inner}.weight"] is array
    assert float(document.weights["a/extra.bias"]) == float(document.weights["b/extra.bias"]) == 0.5
