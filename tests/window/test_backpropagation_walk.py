"""Backpropagation on the canvas: the lectures' numbers, reached stage by stage, forwards and back."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.canvas.hit import Hit, Part
from app.panels.backpropagation.page_tabs import EXPLAIN
from app.panels.backpropagation.walk import Walk
from graph_model.edits import SetWire
from tests.window.backpropagation_hand import LEFT, annotations, lines, settle, wire_between

pytest_plugins = ("tests.window.backpropagation_fixtures",)


def test_the_worked_example_shows_the_lectures_numbers_on_the_canvas(worked, window):
    shown = {name: lines(window, name) for name in ("a1", "a2", "b1", "b2", "c1", "c2")}
    for (name, text), a in zip(shown.items(), (0.98, 0.12, 0.86, 0.11, 0.62, 0.83), strict=True):
        assert f"a = {a}" in text, name
        assert "∂l/∂z = " in text
    assert "z = 4 " in shown["a1"]
    assert "y = (0.62, 0.83)" in lines(window, "y")
    assert "answer y = (0.62, 0.83)" in worked.chooser.answer.text()


def test_one_goes_forwards_stage_by_stage_then_to_the_loss_and_back(worked, window, qtbot):
    graph, controls = window.session.graph, worked.controls
    seen = []
    for _ in range(8):
        qtbot.mouseClick(controls.next, LEFT)
        current = sorted(graph.node(node).name for node in annotations(window).current_nodes)
        seen.append((controls.phase.text().partition(" ")[0], current))
    assert seen == [
        ("Forward", ["a1", "a2"]),
        ("Forward", ["b1", "b2"]),
        ("Forward", ["c1", "c2"]),
        ("Loss", ["y"]),
        ("Backward", ["c1", "c2"]),
        ("Backward", ["b1", "b2"]),
        ("Backward", ["a1", "a2"]),
        ("Update", []),
    ]
    assert not controls.next.isEnabled()
    qtbot.mouseClick(controls.previous, LEFT)
    assert controls.phase.text() == "Backward · step 7 of 8: a1, a2"
    qtbot.mouseClick(controls.first, LEFT)
    assert controls.phase.text() == "Forward · step 1 of 8: a1, a2"
    assert not controls.previous.isEnabled()


def test_what_is_not_reached_yet_is_faint_and_has_no_numbers(worked, window, qtbot):
    graph = window.session.graph
    qtbot.mouseClick(worked.controls.next, LEFT)
    qtbot.mouseClick(worked.controls.next, LEFT)
    assert {graph.node(node).name for node in annotations(window).faint_nodes} == {"c1", "c2", "y"}
    assert lines(window, "c1") == ""
    assert lines(window, "b1") == "z = 1.84  a = 0.86"
    wire = wire_between(window, "a1", "b1")
    assert annotations(window).label(wire) == "2 × 0.98"
    assert wire in annotations(window).current_wires


def test_left_and_right_step_while_the_panel_has_the_focus(worked, qtbot):
    worked.setFocus()
    qtbot.keyClick(worked.controls.next, Qt.Key.Key_Right)
    qtbot.keyClick(worked.controls.next, Qt.Key.Key_Right)
    assert worked.controls.phase.text() == "Forward · step 2 of 8: b1, b2"
    qtbot.keyClick(worked.controls.next, Qt.Key.Key_Left)
    assert worked.controls.phase.text() == "Forward · step 1 of 8: a1, a2"


def test_the_numbers_follow_an_edit(worked, window, qtbot):
    window.session.apply(SetWire(wire_between(window, "a1", "b1"), weight=0.0), "Change weight")
    qtbot.waitUntil(lambda: "z = −0.12 " in lines(window, "b1"), timeout=20_000)


def test_hovering_says_everything(worked, window):
    text = window.canvas.pointing.tooltip_text(Hit(Part.NODE, window.session.graph.node_named("a1").id))
    assert "a = 0.98201" in text
    assert "∂l/∂z = " in text
    text = window.canvas.pointing.tooltip_text(Hit(Part.WIRE, wire=wire_between(window, "a1", "b1")))
    assert "x · ∂l/∂z = 0.98201 · " in text


def test_the_numbers_leave_the_canvas_with_the_panel(worked, window):
    window.tabs.setCurrentIndex(0)
    assert window.canvas.drawing.picture.annotated is None
    window.tabs.show_backpropagation()
    assert worked.isVisible()


def test_the_walk_stays_where_it_is_when_the_numbers_change(worked, window, qtbot):
    qtbot.mouseClick(worked.controls.next, LEFT)
    qtbot.mouseClick(worked.controls.next, LEFT)
    worked.chooser.typed.fields[0].number.setValue(1)
    settle(worked, qtbot)
    assert worked.controls.phase.text() == "Forward · step 2 of 8: b1, b2"
    assert worked.tabs.currentIndex() == EXPLAIN


def test_a_walk_without_stages_goes_nowhere():
    walk = Walk()
    walk.forth()
    walk.back()
    assert walk.stage is None
    assert walk.waiting() == (frozenset(), frozenset())
    assert walk.forward_known("anything")
