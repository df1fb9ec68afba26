"""Weights on wires: seen as fields, typed in place, and stronger than what training left."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from app.canvas.hit import Part
from app.canvas.weight_editor import WeightEditor
from graph_model import Document, Graph
from tests.window.canvas_hand import ALT, SHIFT

pytest_plugins = ("tests.window.canvas_fixtures",)


def neurons() -> Graph:
    """x (2) → one, two by elements; a layer → one by its whole vector; one, two → out."""
    graph = Graph("neurons")
    x = graph.add("Input", name="x", shape=[2], position=(-200, 0))
    layer = graph.add("Linear", name="layer", out_features=3, position=(-40, 170))
    one = graph.add("Neuron", name="one", position=(40, -110))
    two = graph.add("Neuron", name="two", position=(40, 40))
    out = graph.add("Output", name="out", position=(240, 0))
    graph.connect(x, one, element=0, weight=0.5)
    graph.connect(x, one, element=1)
    graph.connect(x, two, element=0, weight=-1.25)
    graph.connect(x, two, element=1, weight=2.0)
    graph.connect(x, layer)
    graph.connect(one, out)
    graph.connect(two, out)
    return graph


@pytest.fixture
def drawn(canvas, session):
    session.open_document(Document(neurons()))
    canvas.viewpoint.zoom_to(1.0)
    return session


def chip(canvas, wire: str):
    picture = canvas.drawing.picture
    canvas.grab()
    return picture.chips.of(picture.geometry.wires.row_of[wire])


def place(canvas, wire: str) -> tuple[float, float]:
    found = chip(canvas, wire)
    return (found.x, found.y)


def weight(session, wire: str):
    return session.graph.wire(wire).weight


def test_small_numbers_are_written_as_powers_of_ten_and_typed_so(canvas, hand, drawn):
    drawn.set_weights({"w1.weight": numpy.array(-4.512345e-05), "one.bias": numpy.array(4.5e-05)})
    canvas.refresh_weights()
    assert chip(canvas, "w1").text == "−4.51·10⁻⁵"
    assert canvas.drawing.captions.of("one").subtitles[0].text.text() == "b = 4.5·10⁻⁵"
    hand.click(place(canvas, "w1"))
    editor = canvas.weights.editor
    assert editor.text() == "−4.512345·10⁻⁵"
    editor.setText("−2·10⁻³")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert weight(drawn, "w1") == -0.002


def test_the_field_of_a_weight_shows_it_and_asks_to_be_typed_into(canvas, hand, drawn):
    assert [chip(canvas, wire).text for wire in ("w1", "w2", "w3", "w4")] == ["0.5", "random", "−1.25", "2"]
    hit = hand.hit(place(canvas, "w3"))
    assert (hit.part, hit.wire) == (Part.WEIGHT, "w3")
    hand.point_at(place(canvas, "w3"))
    assert canvas.viewport().cursor().shape() is Qt.CursorShape.IBeamCursor
    hand.point_at((0, -280))
    assert canvas.viewport().cursor().shape() is not Qt.CursorShape.IBeamCursor


def test_a_click_types_a_weight_as_one_step(canvas, hand, drawn):
    hand.click(place(canvas, "w1"))
    assert QApplication.focusWidget().selectedText() == "0.5"
    hand.type("-0.75")
    hand.key(Qt.Key.Key_Return)
    assert weight(drawn, "w1") == -0.75
    assert chip(canvas, "w1").text == "−0.75"
    assert (drawn.undo_stack.count(), canvas.hasFocus()) == (1, True)
    drawn.undo_stack.undo()
    assert weight(drawn, "w1") == 0.5


def test_escape_leaves_the_weight(canvas, hand, drawn):
    hand.click(place(canvas, "w1"))
    hand.type("9")
    hand.key(Qt.Key.Key_Escape)
    assert (weight(drawn, "w1"), drawn.undo_stack.count(), canvas.weights.editor) == (0.5, 0, None)


def test_what_is_no_number_is_said_and_the_field_stays(canvas, hand, drawn):
    hand.click(place(canvas, "w1"))
    hand.type("abc")
    hand.key(Qt.Key.Key_Return)
    assert "'abc'" in QToolTip.text()
    assert isinstance(QApplication.focusWidget(), WeightEditor)
    assert weight(drawn, "w1") == 0.5
    hand.key(Qt.Key.Key_Escape)


def test_tab_goes_through_the_weights_of_the_neuron(canvas, hand, drawn):
    hand.click(place(canvas, "w3"))
    hand.type("1")
    hand.key(Qt.Key.Key_Tab)
    hand.type("3")
    hand.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget().selectedText() == "1"
    hand.key(Qt.Key.Key_Backtab, SHIFT)
    assert QApplication.focusWidget().selectedText() == "3"
    hand.key(Qt.Key.Key_Escape)
    assert [weight(drawn, wire) for wire in ("w1", "w3", "w4")] == [0.5, 1.0, 3.0]


@pytest.mark.parametrize(("typed", "expected"), [("7", 7.0), ("-2", -2.0), (".5", 0.5)])
def test_typing_on_a_selected_wire_opens_its_field(canvas, hand, drawn, typed, expected):
    drawn.select((), {"w2"})
    canvas.setFocus()
    for character in typed:
        hand.type(character)
    hand.key(Qt.Key.Key_Return)
    assert weight(drawn, "w2") == expected


def test_typing_does_nothing_where_no_weight_is(canvas, hand, drawn):
    drawn.select((), {"w6"})
    canvas.setFocus()
    hand.type("7")
    assert canvas.weights.editor is None


def test_a_typed_weight_wins_over_the_trained_one_also_of_tied_wires(canvas, hand, drawn):
    trained = {f"w{number}.weight": numpy.array(number / 10, numpy.float32) for number in (1, 2, 3, 4)}
    drawn.graph.set("w3", tie="shared")
    drawn.graph.set("w4", tie="shared")
    drawn.set_weights(trained)
    canvas.refresh_weights()
    assert chip(canvas, "w3").text == "0.3"
    hand.click(place(canvas, "w3"))
    assert QApplication.focusWidget().selectedText() == "0.3"
    hand.type("5")
    hand.key(Qt.Key.Key_Return)
    assert [chip(canvas, wire).text for wire in ("w1", "w3", "w4")] == ["0.1", "5", "5"]
    assert set(drawn.document.weights) == {"w1.weight", "w2.weight"}
    drawn.undo_stack.undo()
    assert chip(canvas, "w3").text == "0.3"


def test_an_emptied_field_means_a_random_start(canvas, hand, drawn):
    drawn.set_weights({"w1.weight": numpy.array(0.1)})
    hand.click(place(canvas, "w1"))
    hand.key(Qt.Key.Key_Delete)
    hand.key(Qt.Key.Key_Return)
    assert weight(drawn, "w1") is None
    assert chip(canvas, "w1").text == "random"


def test_the_weights_of_a_whole_vector_are_typed_as_a_list(canvas, hand, drawn):
    wire = drawn.graph.connect("layer", "two")
    hand.click(place(canvas, wire.id))
    hand.type("1, 2")
    hand.key(Qt.Key.Key_Return)
    assert "3 numbers" in QToolTip.text()
    QApplication.focusWidget().selectAll()
    hand.type("1, -2, 0.5")
    hand.key(Qt.Key.Key_Return)
    assert weight(drawn, wire.id) == (1.0, -2.0, 0.5)
    assert chip(canvas, wire.id).text == "1, −2, 0.5"


def test_a_wire_can_still_be_selected_and_cut_at_its_field(canvas, hand, drawn):
    at = place(canvas, "w3")
    hand.click(at, modifiers=SHIFT)
    assert drawn.selected_wires == {"w3"}
    hand.drag((at[0], at[1] - 9), (at[0] + 1, at[1] + 9), modifiers=ALT)
    assert not drawn.graph.has_wire("w3")


def test_no_two_fields_lie_over_one_another(canvas, hand, session):
    graph = Graph("dense")
    x = graph.add("Input", name="x", shape=[5], position=(-200, 0))
    for row in range(5):
        neuron = graph.add("Neuron", name=f"n{row}", position=(60, 64 * (row - 2)))
        for element in range(5):
            graph.connect(x, neuron, element=element, weight=0.25)
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)
    canvas.grab()
    chips = canvas.drawing.picture.chips.shown(numpy.arange(25), 1.0)
    assert len(chips) > 10
    for index, one in enumerate(chips):
        for other in chips[index + 1 :]:
            assert abs(one.x - other.x) > (one.width + other.width) / 2 or abs(one.y - other.y) > 14


def test_among_hundreds_only_the_weights_that_are_looked_at_are_shown(canvas, hand, session):
    graph = Graph("many")
    x = graph.add("Input", name="x", shape=[20], position=(-300, 0))
    for row in range(15):
        neuron = graph.add("Neuron", name=f"n{row}", position=(60, 48 * (row - 7)))
        for element in range(20):
            graph.connect(x, neuron, element=element, weight=0.25)
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(0.7)
    wires = numpy.arange(300)
    assert canvas.drawing.picture.chips.shown(wires, 0.7) == []
    hand.point_at((60, 0))
    shown = [chip.row for chip in canvas.drawing.picture.chips.shown(wires, 0.7)]
    assert len(shown) > 10
    assert {int(canvas.drawing.geometry.wires["target"][row]) for row in shown} == {
        canvas.drawing.geometry.nodes.row_of[graph.node_named("n7").id]
    }
    assert canvas.drawing.picture.chips.shown(wires, 0.3) == []


def test_weights_do_not_cover_the_lines_below_scalar_inputs(canvas, session):
    graph = Graph("tight")
    inputs = [graph.add("ScalarInput", name=f"x{number}", position=(0.0, number * 112.0)) for number in range(3)]
    neurons = [graph.add("Neuron", name=f"n{number}", position=(144.0, number * 112.0)) for number in range(3)]
    for source in inputs:
        for target in neurons:
            graph.connect(source, target, weight=0.5)
    session.open_document(Document(graph))
    picture = canvas.drawing.picture
    chips = picture.chips.shown(numpy.arange(9), 1.0)
    assert len(chips) == 9
    for source in inputs:
        x, y = source.position
        half = max(line.width for line in picture.captions.of(source.id).subtitles) / 2
        for chip in chips:
            is_beside = abs(chip.x - x) >= half + chip.width / 2 - 1
            assert is_beside or not y + 15 < chip.y < y + 15 + 6 + 30
