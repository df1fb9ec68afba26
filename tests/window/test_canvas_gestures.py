"""Moving, selecting, panning and zooming by hand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from graph_model import Document, Graph
from tests.window.canvas_hand import ALT, CONTROL, LEFT, MIDDLE, NONE, RIGHT, SHIFT

pytest_plugins = ("tests.window.canvas_fixtures",)


def test_a_drag_moves_a_node_along_the_grid_as_one_step(canvas, hand, session):
    hand.drag((0, 20), (50, 205))
    assert session.graph.node("hidden").position == (48.0, 184.0)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.graph.node("hidden").position == (0.0, 0.0)
    assert float(canvas.drawing.geometry.nodes["x"][canvas.drawing.geometry.nodes.row_of["hidden"]]) == 0.0


def test_with_alt_a_node_goes_anywhere(hand, session):
    hand.drag((0, 20), (51, 203), modifiers=ALT)
    assert session.graph.node("hidden").position == (51.0, 183.0)


def test_a_node_snaps_to_the_line_of_its_neighbours_and_shows_it(canvas, hand, session):
    session.graph.move("x", (-160, 3))
    hand.drag_only((0, 20), (0, 203))
    assert not canvas.pointing.gesture.guides
    hand.release((0, 203))
    session.graph.move("hidden", (0, 60))
    hand.drag_only((0, 80), (10, 25))
    assert canvas.pointing.gesture.guides
    hand.seen()
    hand.release((10, 25))
    assert session.graph.node("hidden").position[1] in (0.0, 3.0)


def test_escape_takes_a_drag_back(canvas, hand, session):
    hand.drag_only((0, 20), (80, 100))
    hand.key(Qt.Key.Key_Escape)
    hand.release((80, 100))
    assert session.graph.node("hidden").position == (0.0, 0.0)
    assert session.undo_stack.count() == 0
    assert float(canvas.drawing.geometry.nodes["x"][canvas.drawing.geometry.nodes.row_of["hidden"]]) == 0.0


def test_all_selected_nodes_move_together(hand, session):
    hand.click((-160, 20))
    hand.click((0, 20), modifiers=SHIFT)
    assert session.selection == {"x", "hidden"}
    hand.drag((0, 20), (0, 180))
    assert session.graph.node("x").position == (-160.0, 160.0)
    assert session.graph.node("hidden").position == (0.0, 160.0)
    assert session.graph.node("out").position == (160.0, 0.0)


def test_a_click_selects_and_a_click_beside_deselects(hand, session):
    hand.click((0, 20))
    assert session.selection == {"hidden"}
    hand.click((0, -250))
    assert session.selection == frozenset()


def test_a_click_on_one_of_several_selected_nodes_selects_it_alone(hand, session):
    session.select({"x", "hidden"})
    hand.click((0, 20))
    assert session.selection == {"hidden"}


def test_the_rubber_band_selects_what_it_touches(hand, session):
    hand.drag((-250, -200), (10, 200))
    assert session.selection == {"x", "hidden"}
    hand.drag((100, -200), (250, 200), modifiers=SHIFT)
    assert session.selection == {"x", "hidden", "out"}


def test_escape_takes_the_rubber_band_back(hand, session):
    session.select({"out"})
    hand.drag_only((-250, -200), (10, 200))
    hand.key(Qt.Key.Key_Escape)
    hand.release((10, 200))
    assert session.selection == {"out"}


@pytest.mark.parametrize("button", [MIDDLE, RIGHT])
def test_the_middle_and_the_right_button_move_the_paper(canvas, hand, button):
    before = canvas.visible_area().topLeft()
    hand.drag((0, -200), (60, -160), button=button)
    moved = before - canvas.visible_area().topLeft()
    assert (moved.x(), moved.y()) == pytest.approx((60, 40), abs=1.5)


def test_a_right_click_selects_and_asks_for_a_menu(canvas, hand, session, qtbot):
    with qtbot.waitSignal(canvas.menu_requested) as asked:
        hand.click((0, 20), button=RIGHT)
    assert asked.args[1].node == "hidden"
    assert session.selection == {"hidden"}


def turn_wheel(canvas, pixel: QPoint, angle: int, modifiers=NONE, phase=Qt.ScrollPhase.NoScrollPhase, pixels=None):
    event = QWheelEvent(
        QPointF(pixel),
        QPointF(canvas.viewport().mapToGlobal(pixel)),
        pixels or QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        modifiers,
        phase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_wheel_zooms_and_keeps_the_place_under_the_pointer(canvas, hand):
    pixel = hand.pixel((160, 20))
    for angle in (120, 120, -120, 240, -480):
        turn_wheel(canvas, pixel, angle)
    place = canvas.mapToScene(pixel)
    assert (place.x(), place.y()) == pytest.approx((160, 20), abs=4)
    assert canvas.scale_factor == pytest.approx(1.18**-1)


def test_two_fingers_move_the_paper_and_with_control_they_zoom(canvas, hand):
    before, phase = canvas.visible_area().topLeft(), Qt.ScrollPhase.ScrollUpdate
    turn_wheel(canvas, QPoint(100, 100), 40, phase=phase, pixels=QPoint(5, 20))
    moved = before - canvas.visible_area().topLeft()
    assert (moved.x(), moved.y()) == pytest.approx((5, 20))
    assert canvas.scale_factor == 1.0
    turn_wheel(canvas, QPoint(100, 100), 40, modifiers=CONTROL, phase=phase, pixels=QPoint(0, 20))
    assert canvas.scale_factor > 1.0


def test_zooming_stops_before_anything_is_lost(canvas):
    for _ in range(100):
        turn_wheel(canvas, QPoint(300, 200), 240)
    assert canvas.scale_factor <= 6.0
    for _ in range(200):
        turn_wheel(canvas, QPoint(300, 200), -240)
    assert canvas.scale_factor >= 0.02


def test_the_minimap_moves_the_view(canvas, hand):
    from PySide6.QtTest import QTest

    QTest.mouseClick(canvas.minimap, LEFT, NONE, QPoint(canvas.minimap.width() - 20, canvas.minimap.height() // 2))
    assert canvas.visible_area().center().x() > 80


def test_the_whole_drawing_stays_in_sight_until_somebody_moves_the_view(canvas, session):
    canvas.viewpoint.fits_whole = True
    canvas.resize(500, 400)
    QApplication.processEvents()
    area, bounds = canvas.visible_area(), canvas.drawing.geometry.bounds()
    assert area.left() <= bounds[0]
    assert area.right() >= bounds[2]


def test_a_narrow_drawing_uses_the_height_between_legend_and_minimap(canvas, session):
    graph = Graph("narrow")
    for row in range(8):
        graph.add("Neuron", name=f"n{row}", position=(0, 104 * row))
    session.open_document(Document(graph))
    canvas.zoom_to_fit()
    high = canvas.drawing.geometry.bounds()
    assert (high[3] - high[1]) * canvas.scale_factor > canvas.viewport().height() - 60
    for column in range(1, 12):
        graph.add("Neuron", name=f"m{column}", position=(120 * column, 104))
    canvas.zoom_to_fit()
    lowest = canvas.mapFromScene(QPointF(0, canvas.drawing.geometry.bounds()[3])).y()
    assert lowest < canvas.minimap.y()


def test_hovering_a_node_highlights_it_everywhere(hand, session):
    hand.point_at((0, 20))
    assert session.highlighted == "hidden"
    hand.point_at((0, -250))
    assert session.highlighted is None
