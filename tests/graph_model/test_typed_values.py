"""Weights and biases that are typed win over those that training left, and undo brings these back."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.edits import Edit, SetWire
from graph_model.typed_values import current_bias, current_weight, set_parameters, set_weight, tie_wires
from graph_model.weight_text import read_weight, write_weight


def trained() -> Document:
    """x (3) → n1, n2, each by elements 0 and 1, all four weights trained to 9."""
    graph = Graph("trained")
    x = graph.add("Input", name="x", shape=[3])
    for name in ("n1", "n2"):
        neuron = graph.add("Neuron", name=name, bias=0.5)
        for element in (0, 1):
            graph.connect(x, neuron, element=element, weight=1.0)
    weights = {f"{wire.id}.weight": numpy.float32(9.0).reshape(()) for wire in graph.wires()}
    return Document(graph, weights={**weights, "n1.bias": numpy.array(7.0), "n2.bias": numpy.array(8.0)})


def test_a_typed_weight_replaces_the_trained_one_and_undo_brings_it_back():
    document = trained()
    undo = document.apply(set_weight(document.graph, ["w1"], -2.5))
    assert current_weight(document, document.graph.wire("w1")) == -2.5
    assert current_weight(document, document.graph.wire("w2")) == 9.0
    redo = document.apply(undo)
    assert (document.graph.wire("w1").weight, current_weight(document, document.graph.wire("w1"))) == (1.0, 9.0)
    document.apply(redo)
    assert current_weight(document, document.graph.wire("w1")) == -2.5


def test_a_weight_that_is_refused_leaves_the_trained_one():
    document = trained()
    with pytest.raises(EditError, match="one weight"):
        document.apply(set_weight(document.graph, ["w1"], (1.0, 2.0)))
    assert current_weight(document, document.graph.wire("w1")) == 9.0


def test_listeners_see_an_edit_of_the_drawing_with_the_weights_in_place():
    document, seen = trained(), []
    document.changed.connect(lambda edit: seen.append((edit, "w1.weight" in document.weights)))
    document.apply(set_weight(document.graph, ["w1"], 2.0))
    ((edit, is_trained),) = seen
    assert isinstance(edit, Edit)
    assert not is_trained


def test_tied_wires_take_the_first_ones_present_weight_and_stay_equal():
    document = trained()
    document.weights["w1.weight"] = numpy.array(3.0)
    document.apply(tie_wires(document, ["w1", "w3"], "shared"))
    assert current_weight(document, document.graph.wire("w3")) == 3.0
    document.apply(set_weight(document.graph, ["w3"], 4.0))
    assert current_weight(document, document.graph.wire("w1")) == 4.0
    document.apply(tie_wires(document, ["w4"], "shared"))
    assert {wire.id for wire in document.graph.tied("shared")} == {"w1", "w3", "w4"}
    assert current_weight(document, document.graph.wire("w4")) == 4.0
    document.apply(tie_wires(document, ["w1"], None))
    document.apply(set_weight(document.graph, ["w1"], 5.0))
    assert current_weight(document, document.graph.wire("w3")) == 4.0


def test_a_typed_bias_replaces_the_trained_one_of_all_that_share_it():
    document = trained()
    document.apply(set_parameters(document, ["n2"], {"bias_tie": "b"}))
    assert current_bias(document, document.graph.node("n2")) == 8.0
    undo = document.apply(set_parameters(document, ["n1"], {"bias_tie": "b"}))
    assert current_bias(document, document.graph.node("n1")) == 8.0
    document.apply(set_parameters(document, ["n2"], {"bias": -1.0}))
    assert [current_bias(document, document.graph.node(name)) for name in ("n1", "n2")] == [-1.0, -1.0]
    document.apply(set_parameters(document, ["n1"], {"bias_trainable": False}))
    assert document.graph.node("n2").parameters["bias_trainable"] is False
    document.apply(undo)


def test_other_parameters_leave_trained_weights_alone():
    document = trained()
    document.apply(set_parameters(document, ["n1", "n2"], {"activation": "ReLU"}))
    assert document.graph.node("n2").parameters["activation"] == "ReLU"
    assert current_bias(document, document.graph.node("n1")) == 7.0


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=6))
def test_what_is_written_is_read_again(numbers):
    weight = numbers[0] if len(numbers) == 1 else tuple(numbers)
    assert read_weight(write_weight(weight), len(numbers)) == pytest.approx(weight, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "count", "weight"),
    [
        ("", 1, None),
        ("Random", 1, None),
        (" −0.5 ", 1, -0.5),
        ("[1; 2, 3]", 3, (1.0, 2.0, 3.0)),
        ("1 2", None, (1.0, 2.0)),
        ("2", 3, 2.0),
    ],
)
def test_weights_are_read_as_people_type_them(text, count, weight):
    assert read_weight(text, count) == weight


@pytest.mark.parametrize(
    ("text", "count", "words"),
    [
        ("abc", 1, "'abc'"),
        ("1, 2", 1, "a number such as"),
        ("nan", 1, "'nan'"),
        ("1, 2", 3, "3 numbers"),
        ("1, x", 2, "one for each"),
    ],
)
def test_what_is_no_weight_is_refused_in_words(text, count, words):
    with pytest.raises(EditError, match=words):
        read_weight(text, count)


def test_a_set_wire_alone_keeps_what_training_left():
    document = trained()
    document.apply(SetWire("w1", element=2))
    assert current_weight(document, document.graph.wire("w1")) == 9.0
