"""What somebody sees who opens the window on a small screen for the first time: nothing is cut, pushed away or lost."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton

from app.inspector.choice_box import ChoiceBox
from app.panels.problems_panel import ProblemRow
from app.training.gallery import open_example
from app.window.run_bar import FEW_LETTERS
from graph_model import Document, Graph
from graph_model.document import SetGraphName
from graph_model.edits import SetWire
from tests.block_drawings import between, residual_block


@pytest.mark.parametrize("name", ["Input", "Output", "Neuron", "Linear", "ReLU"])
def test_the_first_kinds_are_in_sight_without_scrolling(window, name):
    tree = window.palette.tree
    place = tree.visualItemRect(window.palette.items[name])
    assert tree.viewport().rect().contains(place)
    assert not tree.headings["Library"].isExpanded()


def test_a_long_title_and_a_run_do_not_widen_the_window(window, qtbot):
    window.session.open_document(open_example("digits_mlp"))
    window.session.apply(SetGraphName("A name " * 20), "Rename")
    window.control.run()
    qtbot.waitUntil(lambda: window.control.state == "finished", timeout=30_000)
    qtbot.waitUntil(lambda: "finished" in window.bar.figures.toolTip())
    assert window.minimumSizeHint().width() <= 1280
    assert window.width() == 1280
    assert window.bar.title.text().startswith("A name")
    assert window.bar.title.text().endswith("…")
    assert window.bar.title.toolTip() == "A name " * 20
    assert window.bar.device.width() >= window.bar.device.sizeHint().width()
    assert window.bar.title.width() >= FEW_LETTERS


def test_a_choice_that_is_longer_than_its_box_ends_in_an_ellipsis(qtbot):
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItems(["SGD", "binary_cross_entropy_with_logits"])
    box.resize(120, 26)
    box.show()
    assert box.shown_text() == "SGD"
    box.setCurrentIndex(1)
    assert box.shown_text().startswith("binary_")
    assert box.shown_text().endswith("…")
    box.resize(400, 26)
    assert box.shown_text() == "binary_cross_entropy_with_logits"


def test_the_way_into_a_block_is_written_whole_and_only_very_long_names_are_shortened(window):
    graph = Graph("Writing & reading with a rather long name")
    residual_block(graph)
    place = between(graph, [6], ("@residual", "again and again", {}))[1]
    window.session.open_document(Document(graph))
    window.session.enter(place.id)
    first, last = window.breadcrumb.buttons
    QApplication.processEvents()
    for button in (first, last):
        wide = QFontMetrics(button.font()).horizontalAdvance(button.text().replace("&&", "&"))
        assert button.contentsRect().width() >= wide + 16
    assert last.text() == "again and again"
    assert first.text().startswith("Writing && reading")
    assert first.text().endswith("…")
    assert first.toolTip() == graph.name


def rectangles(window):
    nodes = window.canvas.drawing.geometry.nodes
    return [
        QRectF(row["x"] - row["width"] / 2, row["y"] - row["height"] / 2, row["width"], row["height"])
        for row in nodes.rows
    ]


@pytest.mark.parametrize("action", ["duplicate", "duplicate_with_wires"])
@pytest.mark.parametrize("name", ["digits_mlp", "xor_by_hand", "two_tasks"])
def test_a_copy_covers_nothing(window, name, action):
    session = window.session
    session.open_document(open_example(name))
    chosen = [node.id for node in session.graph.nodes() if session.graph.kind_of(node).inputs and node.name != "y"]
    session.select(chosen[:2])
    for _ in range(2):
        window.actions_table[action].trigger()
        session.select(chosen[:2])
    for one, other in itertools.combinations(rectangles(window), 2):
        assert not one.intersects(other)


def look(window) -> tuple[float, float, float]:
    middle = window.canvas.visible_area().center()
    return (window.canvas.scale_factor, middle.x(), middle.y())


def test_undoing_unfolding_brings_the_view_back_unless_somebody_has_moved_it(window):
    session, canvas = window.session, window.canvas
    session.open_document(open_example("digits_mlp"))
    (hidden,) = [node.id for node in session.graph.nodes() if node.name == "hidden"]
    session.select([hidden])
    before = look(window)
    window.actions_table["unfold"].trigger()
    unfolded = look(window)
    assert unfolded != pytest.approx(before, rel=1e-3)
    session.undo_stack.undo()
    assert look(window) == pytest.approx(before, rel=1e-3, abs=2)
    session.undo_stack.redo()
    assert look(window) == pytest.approx(unfolded, rel=1e-3, abs=2)
    canvas.viewpoint.zoom_by(1.5)
    moved = look(window)
    session.undo_stack.undo()
    assert look(window) == moved


def test_an_edit_says_that_it_has_ended_a_paused_run(window, qtbot):
    session = window.session
    session.open_document(open_example("worked_example_neurons"))
    window.control.step()
    qtbot.waitUntil(lambda: window.control.state == "paused", timeout=30_000)
    wire = next(wire for wire in session.graph.wires() if wire.weight is not None)
    session.apply(SetWire(wire.id, weight=5.0), "Weight")
    assert window.control.state == "idle"
    assert window.messages.isVisible()
    assert "the run has ended" in window.messages.label.text()


def test_a_network_that_is_placed_layer_by_layer_stays_in_sight(window):
    for kind in ("Input", "Linear", "Linear", "Output"):
        window.palette.chosen.emit(kind)
    area = window.canvas.visible_area()
    assert all(area.contains(one) for one in rectangles(window))


def test_what_keeps_a_run_from_starting_is_counted_wherever_problems_are(window, qtbot):
    for kind in ("Input", "Linear", "Output"):
        window.palette.chosen.emit(kind)
    qtbot.waitUntil(lambda: window.status.problems.text() == "no problems", timeout=10_000)
    window.control.run()
    assert window.status.problems.text() == "1 problem"
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Problems (1)"
    (row,) = window.tabs.problems.findChildren(ProblemRow)
    qtbot.mouseClick(row.findChild(QPushButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.status.problems.text() == "no problems", timeout=10_000)
    window.control.run()
    qtbot.waitUntil(lambda: window.control.state == "finished", timeout=30_000)
