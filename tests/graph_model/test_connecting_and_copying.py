"""Connecting columns, extending a column, and duplicating with wires: pure edits, taken back without a trace."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.connecting import SAME_COLUMN, columns, connect_columns
from graph_model.copying import column_pitch, column_places, duplicate, extend_column
from graph_model.document_file.writer import structure_text


def grid(heights: list[int], kinds: str = "Neuron") -> Graph:
    """Columns of so many neurons, 160 apart, after scalar inputs."""
    graph = Graph("grid")
    for column, height in enumerate(heights):
        for row in range(height):
            kind = "ScalarInput" if column == 0 else kinds
            graph.add(kind, name=f"{column}.{row}", position=(160.0 * column, 80.0 * row))
    return graph


def pairs(graph: Graph) -> set[tuple[str, str]]:
    return {(graph.node(wire.source).name, graph.node(wire.target).name) for wire in graph.wires()}


@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.randoms())
def test_every_node_of_a_column_feeds_every_node_of_the_next_once(heights, chance):
    graph = grid(heights)
    for wire in connect_columns(graph, columns(graph, [node.id for node in graph.nodes()])).edit.wires:
        if chance.random() < 0.3:
            graph.connect(wire.source, wire.target)
    before = structure_text(Document(graph))
    if len(graph.wires()) < sum(a * b for a, b in itertools.pairwise(heights)):
        found = connect_columns(graph, columns(graph, [node.id for node in graph.nodes()]))
        undo = graph.apply(found.edit)
        expected = {
            (f"{column}.{row}", f"{column + 1}.{other}")
            for column in range(len(heights) - 1)
            for row in range(heights[column])
            for other in range(heights[column + 1])
        }
        assert pairs(graph) == expected
        assert max(Counter((wire.source, wire.target) for wire in graph.wires()).values()) == 1
        graph.apply(undo)
    assert structure_text(Document(graph)) == before


def test_columns_are_found_by_place_and_sorted_from_top_to_bottom():
    graph = Graph()
    for name, place in {"b": (5, 90), "a": (0, 10), "c": (SAME_COLUMN + 6, 0)}.items():
        graph.add("Neuron", name=name, position=place)
    assert columns(graph, ["c", "b", "a"]) == [["a", "b"], ["c"]]


def test_a_vector_feeds_neurons_and_neurons_are_gathered_from_top_to_bottom():
    graph = Graph()
    graph.add("Input", name="x", shape=[3], position=(0, 0))
    for row in (2, 0, 1):
        graph.add("Neuron", name=f"n{row}", position=(100, 60 * row))
    graph.add("Output", name="y", position=(200, 0))
    graph.apply(connect_columns(graph, columns(graph, [node.id for node in graph.nodes()])).edit)
    assert [graph.node(wire.source).name for wire in graph.incoming("y")] == ["n0", "n1", "n2"]
    assert len(graph.wires()) == 6


def test_what_cannot_be_wired_is_said_and_the_rest_is_wired():
    graph = grid([1, 2])
    graph.add("Linear", name="layer", out_features=2, position=(160, 300))
    graph.add("Input", name="x", shape=[2], position=(0, 300))
    graph.connect("x", "layer")
    found = connect_columns(graph, columns(graph, ["node_0_0", "x", "node_1_0", "layer"]))
    graph.apply(found.edit)
    assert pairs(graph) == {("x", "layer"), ("0.0", "1.0"), ("x", "1.0")}
    assert any("'layer' takes one wire" in reason for reason in found.refusals)


@pytest.mark.parametrize(("chosen", "words"), [(["node_0_0"], "two columns"), (["node_0_0", "node_1_0"], "already")])
def test_nothing_to_connect_is_said(chosen, words):
    graph = grid([1, 1])
    graph.connect("node_0_0", "node_1_0")
    with pytest.raises(EditError, match=words):
        connect_columns(graph, columns(graph, chosen))


def test_a_loop_is_refused_in_words():
    graph = grid([1, 1, 1])
    graph.connect("node_2_0", "node_1_0")
    with pytest.raises(EditError, match="loop"):
        connect_columns(graph, [["node_1_0"], ["node_2_0"]])


def tied_pair() -> Document:
    """x (4) → a, b, each by two elements, the first tied; a, b → y."""
    graph = Graph("pair")
    x = graph.add("Input", name="x", shape=[4])
    y = graph.add("Output", name="y", position=(300, 0))
    for row, name in enumerate("ab"):
        neuron = graph.add("Neuron", name=name, position=(100, 90 * row), bias_tie="both")
        graph.connect(x, neuron, element=row, weight=0.5, tie="shared")
        graph.connect(x, neuron, element=row + 1, weight=0.25)
        graph.connect(neuron, y)
    return Document(
        graph, weights={"w1.weight": numpy.array(9.0), "a.bias": numpy.array(3.0), "w2.weight": numpy.array(1.0)}
    )


@given(st.integers(0, 6))
def test_a_column_is_extended_by_copies_with_the_same_wires(count):
    document = tied_pair()
    graph, before = document.graph, structure_text(document)
    if count == 0:
        with pytest.raises(EditError, match="nothing to copy"):
            extend_column(graph, ["a", "b"], count, 90)
        return
    undo = document.apply(extend_column(graph, ["b", "a"], count, 90.0).with_weights(document))
    new = graph.nodes()[4:]
    assert [node.position for node in new] == [(100.0, 90.0 * (row + 2)) for row in range(count)]
    for row, node in enumerate(new):
        first, second = graph.incoming(node)
        assert (first.element, first.tie, first.weight) == (row % 2, "shared", 0.5)
        assert (second.element, second.tie, second.weight) == (row % 2 + 1, None, None)
        assert node.parameters["bias_tie"] == "both"
    assert len(graph.incoming("y")) == 2 + count
    document.apply(undo)
    assert structure_text(document) == before
    assert set(document.weights) == {"w1.weight", "a.bias", "w2.weight"}


def test_tied_weights_come_along_and_others_start_anew():
    document = tied_pair()
    document.apply(extend_column(document.graph, ["a"], 1, 64.0).with_weights(document))
    new = document.graph.nodes()[-1]
    tied, free = document.graph.incoming(new)
    assert document.weights[f"{tied.id}.weight"] == 9.0
    assert f"{free.id}.weight" not in document.weights
    assert document.weights[f"{new.id}.bias"] == 3.0


def test_a_duplicate_keeps_its_wires_and_weights_and_ties_of_its_own():
    document = tied_pair()
    graph = document.graph
    undo = document.apply(duplicate(graph, ["a", "b"], (32.0, 32.0)).with_weights(document))
    new = graph.nodes()[4:]
    assert [node.position for node in new] == [(132.0, 32.0), (132.0, 122.0)]
    ties = {wire.tie for node in new for wire in graph.incoming(node)} - {None}
    assert len(ties) == 1
    assert "shared" not in ties
    assert {node.parameters["bias_tie"] for node in new} == {"both 2"}
    assert [wire.weight for wire in graph.incoming(new[0])] == [0.5, 0.25]
    assert [document.weights[f"{wire.id}.weight"] for wire in graph.incoming(new[0])] == [9.0, 1.0]
    assert len(graph.incoming("y")) == 4
    document.apply(undo)
    assert len(graph.nodes()) == 4


def test_a_wire_that_finds_no_room_is_left_out_with_its_reason():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[4])
    layer = graph.add("Linear", name="layer", out_features=2)
    graph.connect(x, layer)
    graph.connect(layer, graph.add("Output", name="y"))
    copies = duplicate(graph, [layer.id], (0, 100))
    graph.apply(copies.edit)
    assert pairs(graph) == {("x", "layer"), ("layer", "y"), ("x", "layer 2")}
    assert "'y' takes one wire" in copies.left_out[0]


def test_the_pitch_of_a_column_is_the_mean_distance():
    graph = grid([3])
    assert column_pitch(graph, [node.id for node in graph.nodes()], 64.0) == 80.0
    assert column_pitch(graph, [graph.nodes()[0].id], 64.0) == 64.0


def test_places_that_are_taken_are_passed_over():
    graph = grid([3])
    first = graph.nodes()[0].id
    graph.move("node_0_2", (0.0, 300.0))
    assert column_places(graph, [first], 4, 100.0) == [(0.0, 200.0), (0.0, 400.0), (0.0, 500.0), (0.0, 600.0)]
