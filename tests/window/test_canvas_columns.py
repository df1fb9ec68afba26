"""Drawing neurons quickly: columns by the handle, many wires at once."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import Qt

from app.canvas.column_handle import handle_place
from app.canvas.gestures.column import ColumnGesture
from app.canvas.hit import Part
from graph_model import Document, Graph

pytest_plugins = ("tests.window.canvas_fixtures",)


@pytest.fixture
def drawn(canvas, session):
    graph = Graph("column")
    x = graph.add("Input", name="x", shape=[3], position=(-200, 0))
    first = graph.add("Neuron", name="h", position=(-40, -160))
    last = graph.add("Neuron", name="last", position=(120, -40), activation="Tanh")
    y = graph.add("Output", name="y", position=(260, 0))
    graph.connect(x, first, element=1, weight=0.5, tie="shared")
    graph.connect(x, first, element=2, weight=2.0)
    graph.connect(first, last)
    graph.connect(last, y)
    session.open_document(Document(graph, weights={"w1.weight": numpy.array(7.0)}))
    canvas.viewpoint.zoom_to(1.0)
    return session


def handle(canvas) -> tuple[float, float]:
    place = handle_place(canvas.drawing.picture)
    assert place is not None
    return place


def test_the_handle_is_there_for_neurons_of_one_column_only(canvas, hand, drawn):
    assert handle_place(canvas.drawing.picture) is None
    hand.click((-40, -160))
    assert hand.hit(handle(canvas)).part is Part.HANDLE
    hand.point_at(handle(canvas))
    assert canvas.viewport().cursor().shape() is Qt.CursorShape.SizeVerCursor
    for others in ({"h", "last"}, {"x"}, {"h", "x"}, set()):
        drawn.select(others)
        assert handle_place(canvas.drawing.picture) is None


def test_dragging_the_handle_makes_a_column_with_the_same_wires_as_one_step(canvas, hand, drawn):
    hand.click((-40, -160))
    x, y = handle(canvas)
    hand.drag_only((x, y), (x, y + 320))
    gesture = canvas.pointing.gesture
    assert isinstance(gesture, ColumnGesture)
    assert gesture.words() == "4 neurons"
    hand.seen()
    hand.release((x, y + 320))
    column = sorted(
        (node for node in drawn.graph.nodes() if node.position[0] == -40), key=lambda node: node.position[1]
    )
    assert [node.position[1] for node in column] == [-160, -56, 48, 152]
    assert drawn.selection == {node.id for node in column}
    for node in column[1:]:
        tied, free = drawn.graph.incoming(node)
        assert (tied.element, tied.tie, tied.weight) == (1, "shared", 0.5)
        assert (free.element, free.weight) == (2, None)
        assert drawn.document.weights[f"{tied.id}.weight"] == 7.0
    assert len(drawn.graph.incoming("last")) == 4
    assert drawn.undo_stack.count() == 1
    drawn.undo_stack.undo()
    assert len(drawn.graph.nodes()) == 4


def test_a_column_goes_on_at_its_own_pitch(canvas, hand, drawn):
    drawn.graph.add("Neuron", name="second", position=(-40, -96))
    drawn.select({"h", "second"})
    x, y = handle(canvas)
    hand.drag((x, y), (x, y + 130))
    assert sorted(node.position[1] for node in drawn.graph.nodes() if node.position[0] == -40) == [-160, -96, -32, 32]


def test_a_short_drag_or_escape_adds_nothing(canvas, hand, drawn):
    hand.click((-40, -160))
    x, y = handle(canvas)
    hand.drag((x, y), (x, y + 20))
    hand.drag_only((x, y), (x, y + 300))
    hand.key(Qt.Key.Key_Escape)
    hand.release((x, y + 300))
    assert len(drawn.graph.nodes()) == 4
    assert drawn.undo_stack.count() == 0


def test_a_wire_from_one_of_several_selected_neurons_is_drawn_from_all(canvas, hand, drawn):
    hand.click((-40, -160))
    x, y = handle(canvas)
    hand.drag((x, y), (x, y + 220))
    before = len(drawn.graph.incoming("y"))
    hand.drag(hand.port("h", True), hand.port("y", False))
    gathered = [drawn.graph.node(wire.source).name for wire in drawn.graph.incoming("y")[before:]]
    assert gathered == ["h", "h 2", "h 3"]
    assert drawn.undo_stack.count() == 2
