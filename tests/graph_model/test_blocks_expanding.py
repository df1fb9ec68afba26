"""Blocks are shown as their nodes and put back, byte for byte if nothing was changed."""

from __future__ import annotations

import itertools

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.blocks.collapsing import collapse
from graph_model.blocks.expanding import Expansion, expand
from graph_model.blocks.grouping import group
from graph_model.document_file import structure_text
from tests.block_drawings import between, define, naive_rnn, residual_block
from tests.graph_model.expanding import places, put_back, shown, two_residuals
from tests.graph_model.test_blocks_moving import choices, computed, drawings, named


@settings(max_examples=80, deadline=None)
@given(drawings, st.lists(choices, min_size=1, max_size=3), st.booleans(), st.randoms(use_true_random=False))
def test_expanding_and_collapsing_leave_the_document_byte_equal(document, groups, scattered, random):
    graph = document.graph
    for numbers in groups:
        try:
            made = group(graph, named(document, numbers))
        except EditError:
            continue
        document.apply(made.with_weights(document))
    if scattered:
        for node in graph.nodes():
            graph.move(node, (random.randrange(-50, 50) / 3.0, random.randrange(-50, 50) / 7.0))
    text, weights, before = structure_text(document), dict(document.weights), computed(document)
    expansions = []
    while places(document) and len(expansions) < 4:
        expansions.append(shown(document, random.choice(places(document)), expansions))
        assert numpy.allclose(computed(document), before, atol=1e-6)
    for expansion in reversed(expansions):
        put_back(document, expansion)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()
    assert all(document.weights[name] is array for name, array in weights.items())


@pytest.mark.parametrize("order", list(itertools.permutations(("a", "b"))))
@pytest.mark.parametrize("back", list(itertools.permutations((0, 1))))
def test_two_places_of_one_block_are_expanded_and_collapsed_in_any_order(order, back):
    document = two_residuals()
    text = structure_text(document)
    expansions: list[Expansion] = []
    for place in order:
        expansions.append(shown(document, place, expansions))
    assert not places(document)
    for number in back:
        put_back(document, expansions[number], others=expansions)
    assert structure_text(document) == text


def test_room_is_made_for_what_comes_and_given_back():
    document = two_residuals()
    graph = document.graph
    former = graph.node("b").position
    expansion = shown(document, "a")
    rightmost = max(graph.node(node).position[0] for node in expansion.present(graph))
    assert graph.node("b").position[0] >= rightmost + 100
    put_back(document, expansion)
    assert graph.node("b").position == former


def test_undo_and_redo_of_each_step_are_exact():
    document = two_residuals()
    text = structure_text(document)
    made, expansion = expand(document.graph, "a")
    undo = document.apply(made.with_weights(document))
    open_text = structure_text(document)
    document.apply(undo)
    assert structure_text(document) == text
    document.apply(made.with_weights(document))
    back = document.apply(collapse(document.graph, expansion, []).with_weights(document))
    assert structure_text(document) == text
    document.apply(back)
    assert structure_text(document) == open_text


def test_a_port_that_nothing_is_wired_to_keeps_its_wires_inside():
    graph = Graph("loose")
    residual_block(graph)
    document = Document(graph)
    graph.add("@residual", name="a")
    text = structure_text(document)
    put_back(document, shown(document, "a"))
    assert structure_text(document) == text


def test_several_neurons_at_one_port_and_a_way_straight_through_come_back():
    graph = Graph("gathered")
    body = define(graph, "head")
    x, through = body.add("BlockInput", name="x"), body.add("BlockOutput", name="same")
    layers = [body.add("Linear", name=f"l{number}", out_features=2) for number in range(2)]
    for layer in layers:
        body.connect(x, layer)
    body.connect(x, through)
    y = body.add("BlockOutput", name="y")
    total = body.add("Add")
    for layer in layers:
        body.connect(layer, total)
    body.connect(total, y)
    data = graph.add("Input", name="data", shape=[2])
    place = graph.add("@head", name="head")
    for number in range(2):
        neuron = graph.add("Neuron", name=f"n{number}")
        graph.connect(data, neuron, element=number)
        graph.connect(neuron, place)
    graph.connect(place, graph.add("Output", name="out"), output=1)
    graph.connect(place, graph.add("Output", name="through"), output=0)
    document = Document(graph)
    text = structure_text(document)
    put_back(document, shown(document, "head"))
    assert structure_text(document) == text


def test_what_cannot_be_expanded_or_collapsed_is_said():
    graph = Graph("refused")
    residual_block(graph)
    naive_rnn(graph)
    between(graph, [3, 6], ("@rnn", "cell", {}), ("@residual", "three", {"repeat": 3}), ("@residual", "one", {}))
    define(graph, "empty")
    graph.add("@empty", name="nothing")
    document = Document(graph)
    with pytest.raises(EditError, match="applied over time"):
        expand(graph, "cell")
    with pytest.raises(EditError, match="is repeated"):
        expand(graph, "three")
    with pytest.raises(EditError, match="nothing in 'nothing'"):
        expand(graph, "nothing")
    expansion = shown(document, "one")
    outside = graph.add("Tanh", name="outside")
    graph.connect("layer", outside)
    (wire,) = [wire for wire in graph.outgoing("layer") if wire.target == "sum"]
    graph.disconnect(wire)
    graph.connect(outside, "sum")
    with pytest.raises(EditError, match="through 'outside' and back in"):
        put_back(document, expansion)


def test_a_place_with_nothing_wired_to_it_gets_back_all_wires_to_where_neurons_meet():
    graph = Graph("meeting")
    body = define(graph, "layer")
    layer = body.add("Linear", name="layer", out_features=2)
    for name in ("m", "n"):
        body.connect(body.add("BlockInput", name=name), layer)
    body.connect(layer, body.add("BlockOutput", name="y"))
    graph.add("@layer", name="a")
    document = Document(graph)
    text = structure_text(document)
    put_back(document, shown(document, "a"))
    assert structure_text(document) == text
