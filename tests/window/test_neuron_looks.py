"""Scalar inputs, maxout groups and gathered neurons say what they are."""

from __future__ import annotations

import numpy
import pytest

from app.canvas.glyphs import glyph, glyph_text
from app.canvas.node_looks import NodeLooks
from app.canvas.paint_orders import gathered_wires, number_places
from app.canvas.wire_layout import WireStyle
from graph_model import Document, Graph, kinds
from graph_model.blocks.library import LIBRARY_SIGN
from graph_model.catalogue.shared_parameters import ELEMENTWISE_ACTIVATIONS

pytest_plugins = ("tests.window.canvas_fixtures",)


@pytest.fixture
def drawn(canvas, session):
    graph = Graph("looks")
    for row in range(3):
        graph.add("ScalarInput", name=f"x{row}", position=(-250, 110 * row - 110))
    for row in range(3):
        neuron = graph.add("Neuron", name=f"n{row}", position=(-80, 110 * row - 110))
        graph.connect(f"x{row}", neuron)
    graph.add("MaxoutGroup", name="largest", position=(60, -110))
    graph.connect("n0", "largest")
    graph.connect("n1", "largest")
    y = graph.add("Output", name="y", position=(220, 0))
    for source in ("n2", "largest", "n1"):
        graph.connect(source, y)
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)
    return session


def numbers(canvas) -> list[int]:
    return [
        canvas.drawing.picture.sample_numbers[f"x{row}"] for row in range(3) if canvas.session.graph.has_node(f"x{row}")
    ]


def test_scalar_inputs_say_which_number_of_the_sample_they_take(canvas, hand, drawn):
    assert numbers(canvas) == [1, 2, 3]
    assert "number 2" in canvas.drawing._describe("x1").subtitles
    assert canvas.drawing.form("x1").width < canvas.drawing.form("n1").width
    drawn.select({"x0"})
    drawn.delete_selection()
    assert numbers(canvas) == [1, 2]
    hand.seen()
    assert "number 1" in canvas.drawing._describe("x1").subtitles
    drawn.undo_stack.undo()
    assert numbers(canvas) == [1, 2, 3]


def test_a_maxout_group_and_a_scalar_input_are_told_by_words(canvas, drawn):
    looks = NodeLooks(canvas.drawing.picture)
    names = {node: looks.glyph_name(node, canvas.drawing.form(node).form) for node in ("largest", "x2", "n0")}
    assert {node: glyph_text(name) for node, name in names.items()} == {"largest": "max", "x2": "3", "n0": ""}


@pytest.mark.parametrize("activation", ELEMENTWISE_ACTIVATIONS)
def test_every_activation_of_a_neuron_has_a_drawing(activation):
    assert not glyph(activation).isEmpty()


def test_the_order_in_which_neurons_are_gathered_is_shown(canvas, hand, drawn):
    picture = canvas.drawing.picture
    rows = picture.geometry.nodes.row_of
    wires = gathered_wires(picture, rows["y"])
    sources = [picture.geometry.nodes.ids[row] for row in picture.geometry.wires["source"][wires]]
    assert sources == ["n2", "largest", "n1"]
    assert len(gathered_wires(picture, rows["largest"])) == 0
    place = number_places(picture, wires)[1].tolist()
    before = hand.colour_at((place[0] - 5, place[1] + 3))
    drawn.select({"y"})
    after = hand.colour_at((place[0] - 5, place[1] + 3))
    assert before != after
    assert after == canvas.theme.colour("surface")


def test_numbers_stand_beside_the_neurons_if_all_wires_end_at_one_point(canvas, drawn):
    graph = drawn.graph
    graph.add("Unflatten", name="fold", unflattened_size=[3], position=(220, 200))
    for row in range(3):
        graph.connect(f"n{row}", "fold")
    picture = canvas.drawing.picture
    places = number_places(picture, gathered_wires(picture, picture.geometry.nodes.row_of["fold"]))
    assert len(numpy.unique(places, axis=0)) == 3
    assert (places[:, 0] < -50).all()


def test_a_whole_vector_arrives_at_a_neuron_as_a_bundle(canvas, session):
    graph = Graph("bundle")
    graph.add("Input", name="x", shape=[4], position=(-100, 0))
    graph.add("Neuron", name="n", position=(60, 0))
    graph.connect("x", "n")
    session.open_document(Document(graph))
    layout = canvas.drawing.geometry.layout
    assert (layout.style[0], layout.sources[0], layout.targets[0]) == (WireStyle.BUNDLE, 4, 1)


def test_the_palette_offers_all_kinds_of_neurons(window):
    assert {"ScalarInput", "Neuron", "MaxoutGroup", "Unflatten", "Conv1d"} <= set(window.palette.items)
    assert {name for name in window.palette.items if not name.startswith(LIBRARY_SIGN)} == set(kinds())
