"""Drawing, plugging, cutting and dropping wires."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolTip

from graph_model import Document, Graph
from tests.window.canvas_hand import ALT, CONTROL, RIGHT

pytest_plugins = ("tests.window.canvas_fixtures",)


def ends(session) -> set[tuple[str, str]]:
    return {(wire.source, wire.target) for wire in session.graph.wires()}


def test_a_wire_is_drawn_from_output_to_input(hand, session):
    session.graph.disconnect("w2")
    hand.drag(hand.port("hidden", True), hand.port("out", False))
    assert ends(session) == {("x", "hidden"), ("hidden", "out")}
    session.undo_stack.undo()
    assert ends(session) == {("x", "hidden")}


def test_a_wire_is_drawn_backwards_from_a_free_input(hand, session):
    session.graph.disconnect("w2")
    hand.drag(hand.port("out", False), hand.port("hidden", True))
    assert ("hidden", "out") in ends(session)


def test_a_wire_dropped_on_a_body_takes_its_free_port(hand, session):
    session.graph.disconnect("w2")
    hand.drag(hand.port("hidden", True), (160, 8))
    assert ("hidden", "out") in ends(session)


def test_a_refused_port_says_why(canvas, hand, session):
    hand.drag_only(hand.port("hidden", True), (-160, 20))
    assert "Input" in QToolTip.text() or "input port" in QToolTip.text()
    hand.release((-160, 20))
    assert len(session.graph.wires()) == 2
    assert session.undo_stack.count() == 0


def test_a_loop_is_refused_with_its_sentence(canvas, hand, session):
    second = session.graph.add("Add", name="sum", position=(0, 160))
    session.graph.connect("hidden", second)
    third = session.graph.add("Add", name="first", position=(-160, 160))
    session.graph.connect(third, second)
    hand.drag_only(hand.port("sum", True), (-160, 175))
    assert "loop" in QToolTip.text()
    hand.release((-160, 175))
    assert len(session.graph.wires()) == 4


def test_ports_that_can_take_the_wire_light_up(canvas, hand, session):
    session.graph.disconnect("w2")
    hand.drag_only(hand.port("hidden", True), (80, 100))
    assert canvas.drawing.picture.marks.open_ports["out"] is True
    assert canvas.drawing.picture.marks.open_ports["x"] is False
    hand.seen()
    hand.key(Qt.Key.Key_Escape)
    hand.release((80, 100))
    assert not canvas.drawing.picture.marks.open_ports
    assert canvas.placement.open_search is None


def test_the_end_of_a_wire_is_plugged_in_elsewhere_as_one_step(hand, session):
    session.graph.add("Output", name="other", position=(160, 160))
    hand.drag((130, 0), hand.port("other", False))
    assert ends(session) == {("x", "hidden"), ("hidden", "other")}
    session.undo_stack.undo()
    assert ends(session) == {("x", "hidden"), ("hidden", "out")}


def test_dragging_from_a_taken_input_unplugs_its_wire(hand, session):
    session.graph.add("Output", name="other", position=(160, 160))
    hand.drag(hand.port("out", False), hand.port("other", False))
    assert ends(session) == {("x", "hidden"), ("hidden", "other")}


def test_the_start_of_a_wire_is_plugged_in_elsewhere(hand, session):
    session.graph.add("Linear", name="other", out_features=4, position=(0, 200))
    hand.drag((44, 0), hand.port("other", True))
    assert ends(session) == {("x", "hidden"), ("other", "out")}


def test_a_wire_end_dropped_on_nothing_is_unplugged(hand, session):
    hand.drag((130, 0), (100, 220))
    assert ends(session) == {("x", "hidden")}
    session.undo_stack.undo()
    assert ends(session) == {("x", "hidden"), ("hidden", "out")}


def test_a_weight_stays_on_a_wire_that_is_plugged_in_elsewhere(canvas, hand, session):
    graph = Graph("neurons")
    x = graph.add("Input", name="x", shape=[2], position=(-160, 0))
    one = graph.add("Neuron", name="one", position=(0, -100))
    graph.add("Neuron", name="two", position=(0, 100))
    graph.connect(x, one, element=1, weight=-2.0)
    session.open_document(Document(graph))
    layout = canvas.drawing.geometry.layout
    place = (float(layout.x2[0]) * 0.85 + float(layout.x1[0]) * 0.15, float(layout.y2[0] * 0.85 + layout.y1[0] * 0.15))
    hand.drag(place, hand.port("two", False))
    (wire,) = session.graph.wires()
    assert (wire.target, wire.element, wire.weight) == ("two", 1, -2.0)


@pytest.mark.parametrize(("button", "modifiers"), [("left", ALT), ("right", CONTROL)])
def test_a_line_across_wires_cuts_them_as_one_step(hand, session, button, modifiers):
    options = {} if button == "left" else {"button": RIGHT}
    hand.drag((80, -200), (82, 200), modifiers=modifiers, **options)
    assert ends(session) == {("x", "hidden")}
    hand.drag((-80, -200), (-82, 200), modifiers=modifiers, **options)
    assert ends(session) == set()
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert len(ends(session)) == 2


def test_a_clicked_wire_is_selected_and_deleted(hand, session):
    hand.click((80, 0))
    assert session.selected_wires == {"w2"}
    hand.key(Qt.Key.Key_Delete)
    assert ends(session) == {("x", "hidden")}
    session.undo_stack.undo()
    assert len(ends(session)) == 2


def test_a_wire_dropped_on_nothing_searches_and_connects_what_is_chosen(canvas, hand, session):
    session.graph.disconnect("w2")
    hand.drag(hand.port("hidden", True), (90, 200))
    search = canvas.placement.open_search
    assert "Input" not in search.kinds_shown()
    hand.seen()
    hand.type("relu")
    hand.key(Qt.Key.Key_Return)
    node = session.graph.node_named("relu")
    assert ("hidden", node.id) in ends(session)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert not session.graph.has_node(node.id)


def test_a_wire_dropped_backwards_searches_for_what_gives_something(canvas, hand, session):
    session.graph.disconnect("w2")
    hand.drag(hand.port("out", False), (90, 200))
    assert "Output" not in canvas.placement.open_search.kinds_shown()
    hand.type("sigm")
    hand.key(Qt.Key.Key_Return)
    assert ("sigmoid", "out") in ends(session)


def test_only_kinds_that_can_take_the_shape_are_offered(canvas, hand, session):
    session.live_check.use_compiler()
    session.live_check.check_now()
    hand.drag(hand.port("hidden", True), (90, 200))
    offered = canvas.placement.open_search.kinds_shown()
    assert "Conv2d" not in offered
    assert "Linear" in offered


def test_a_wire_that_is_plugged_in_elsewhere_stays_tied_and_frozen(canvas, hand, session):
    graph = Graph("neurons")
    x = graph.add("Input", name="x", shape=[2], position=(-160, 0))
    one = graph.add("Neuron", name="one", position=(0, -100))
    graph.add("Neuron", name="two", position=(0, 100))
    for element in (0, 1):
        graph.connect(x, one, element=element, weight=0.5, trainable=False, tie="shared")
    session.open_document(Document(graph))
    (place,) = canvas.drawing.geometry.layout.paths(numpy.array([1]), numpy.array([0.85]))[0].tolist()
    hand.drag(place, hand.port("two", False))
    moved = next(wire for wire in graph.wires() if wire.target == "two")
    assert (moved.weight, moved.trainable, moved.tie) == (0.5, False, "shared")
