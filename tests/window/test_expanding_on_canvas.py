"""Blocks expanded in place by mouse and keys: the frame around their nodes, and what collapsing it leaves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from app.canvas import block_commands
from app.canvas.hit import Part
from graph_model import Document, EditError, Graph
from graph_model.blocks import Definition, SetDefinition
from graph_model.document_file import structure_text
from graph_model.edits import Move
from tests.block_drawings import between, residual_block
from tests.window.rebuilt import same_as_rebuilt

pytest_plugins = ("tests.window.canvas_fixtures",)


@pytest.fixture
def drawing(canvas, session) -> Graph:
    """x → a → b → y: two places of one block."""
    graph = Graph("drawing")
    residual_block(graph, 6)
    body = graph.definitions.body("@residual")
    for number, node in enumerate(body.nodes()):
        body.move(node, (120.0 * number, 80.0 * (number % 2)))
    graph.apply(SetDefinition(Definition("@residual", "residual", "#d9480f")))
    nodes = between(graph, [6], ("@residual", "a", {}), ("@residual", "b", {}))
    for number, node in enumerate(nodes):
        graph.move(node, (160.0 * number - 240.0, 0.0))
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)
    canvas.viewpoint.look_at(QPointF(0, 0))
    return graph


def handle(canvas, node: str) -> tuple[float, float]:
    row = canvas.drawing.geometry.nodes.rows[canvas.drawing.geometry.nodes.row_of[node]]
    return (float(row["x"] + row["width"] / 2) - 11, float(row["y"] - row["height"] / 2) + 11)


def frame(canvas, place: str = "a"):
    (found,) = [one for one in canvas.frames.frames() if one.expansion.place.id == place]
    return found


def test_the_handles_expand_and_collapse_a_block_in_place(drawing, canvas, session, hand):
    text = structure_text(session.document)
    hand.point_at((-80.0, 0.0))
    assert hand.hit(handle(canvas, "a")).part is Part.NODE
    hand.click(handle(canvas, "a"))
    assert not drawing.has_node("a")
    assert session.selection == {"layer", "sum"}
    assert frame(canvas).members == {"layer", "sum"}
    same_as_rebuilt(canvas)
    centre = frame(canvas).handle(canvas.scale_factor).center()
    hand.click((centre.x(), centre.y()))
    assert structure_text(session.document) == text
    assert session.selection == {"a"}
    assert canvas.frames.frames() == []
    same_as_rebuilt(canvas)


def test_the_frame_is_painted_in_the_blocks_colour_with_its_name(drawing, canvas, session, hand):
    session.select({"a"})
    block_commands.expand_selected(canvas)
    area = frame(canvas).area
    colour = hand.colour_at((area.left() + 30, area.bottom()))
    assert colour.red() > colour.blue() + 20
    assert canvas.hit(area.center().x(), area.top() - 4).part is Part.FRAME
    assert canvas.pointing.tooltip_text(canvas.hit(area.center().x(), area.top() - 4)).startswith("A block that is")


def test_the_frame_goes_along_with_its_nodes(drawing, canvas, session, hand):
    session.select({"a"})
    block_commands.expand_selected(canvas)
    before = frame(canvas)
    start = (before.area.center().x(), before.area.top() - 6)
    hand.drag(start, (start[0], start[1] - 80))
    after = frame(canvas)
    assert after.members == before.members
    assert after.area.top() == pytest.approx(before.area.top() - 80, abs=8)
    assert after.area.size() == before.area.size()


def test_undo_hides_the_frame_and_redo_shows_it(drawing, canvas, session):
    session.select({"a"})
    block_commands.expand_selected(canvas)
    expanded = structure_text(session.document)
    session.undo_stack.undo()
    assert canvas.frames.frames() == []
    session.undo_stack.redo()
    assert frame(canvas).members == {"layer", "sum"}
    session.select({"layer"})
    assert block_commands.collapse_selected(canvas) is None
    assert canvas.frames.frames() == []
    session.undo_stack.undo()
    assert structure_text(session.document) == expanded
    assert frame(canvas).members == {"layer", "sum"}
    session.select({"layer", "sum"})
    session.delete_selection()
    assert canvas.frames.frames() == []


def test_an_ungrouped_block_has_no_frame_even_if_it_was_expanded_before(drawing, canvas, session):
    session.select({"a"})
    block_commands.expand_selected(canvas)
    block_commands.collapse_selected(canvas)
    block_commands.ungroup_selected(canvas)
    assert canvas.frames.frames() == []


def test_what_is_put_into_a_wire_of_the_frame_belongs_to_the_block(drawing, canvas, session, hand):
    session.select({"a"})
    block_commands.expand_selected(canvas)
    (wire,) = [wire for wire in drawing.outgoing("layer") if wire.target == "sum"]
    (x1, y1), (x2, y2) = drawing.node("layer").position, drawing.node("sum").position
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    canvas.viewpoint.look_at(QPointF(*middle))
    assert hand.hit(middle).wire == wire.id
    assert hand.drop_kind("Tanh", middle)
    assert len(frame(canvas).members) == 3
    session.select({"sum"})
    sentence = block_commands.collapse_selected(canvas)
    assert "it is the block 'residual 2' from now on: 'residual' is still placed elsewhere" in sentence
    assert sorted(node.kind for node in session.graph.definitions.body("@residual_2").nodes()) == [
        "Add",
        "BlockInput",
        "BlockOutput",
        "Linear",
        "Tanh",
    ]
    session.undo_stack.undo()
    assert len(frame(canvas).members) == 3


def test_a_block_in_an_expanded_block_is_expanded_in_a_frame_inside(drawing, canvas, session):
    session.select({"a", "b"})
    block_commands.group_selected(canvas)
    canvas.renaming.editor.close_field()
    (pair,) = session.selection
    text = structure_text(session.document)
    block_commands.expand_selected(canvas)
    session.select({"b"})
    block_commands.expand_selected(canvas)
    outer, inner = canvas.frames.frames()
    assert outer.members > inner.members
    assert outer.area.contains(inner.area)
    session.select({"a"})
    block_commands.collapse_selected(canvas)
    assert structure_text(session.document) == text
    assert session.selection == {pair}
    session.undo_stack.undo()
    assert len(canvas.frames.frames()) == 2


def test_a_block_is_expanded_inside_an_open_block_too(drawing, canvas, session):
    session.select({"a", "b"})
    block_commands.group_selected(canvas)
    canvas.renaming.editor.close_field()
    (pair,) = session.selection
    session.enter(pair)
    text = structure_text(session.document)
    session.select({"a"})
    block_commands.expand_selected(canvas)
    assert len(canvas.frames.frames()) == 1
    same_as_rebuilt(canvas)
    session.leave()
    assert canvas.frames.frames() == []
    session.enter(pair)
    session.select({"layer"})
    block_commands.collapse_selected(canvas)
    assert structure_text(session.document) == text


def test_refusals_are_said(drawing, canvas, session, hand):
    drawing.set("a", repeat=2)
    hand.point_at((-80.0, 0.0))
    hand.click(handle(canvas, "a"))
    assert drawing.has_node("a")
    assert "'a' is repeated" in canvas.accessibleDescription()
    session.select({"b"})
    with pytest.raises(EditError, match="frame with its name"):
        block_commands.collapse_selected(canvas)


def test_keys_expand_and_collapse(window):
    from PySide6.QtTest import QTest

    graph = Graph("keys")
    residual_block(graph)
    between(graph, [6], ("@residual", "a", {}))
    session = window.session
    session.open_document(Document(graph))
    text = structure_text(session.document)
    window.activateWindow()
    window.canvas.setFocus()
    session.select({"a"})
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window.canvas, Qt.Key.Key_Down, control_shift)
    assert not graph.has_node("a")
    assert len(window.canvas.frames.frames()) == 1
    QTest.keyClick(window.canvas, Qt.Key.Key_Up, control_shift)
    assert structure_text(session.document) == text


def test_undo_leads_back_into_an_earlier_expansion_of_the_same_block(drawing, canvas, session):
    session.select({"a"})
    text = structure_text(session.document)
    block_commands.expand_selected(canvas)
    block_commands.collapse_selected(canvas)
    session.apply(Move({"a": (-80.0, 240.0), "b": (400.0, 0.0)}), "move")
    block_commands.expand_selected(canvas)
    for _ in range(3):
        session.undo_stack.undo()
    session.select(canvas.frames.frames()[0].members)
    block_commands.collapse_selected(canvas)
    assert structure_text(session.document) == text
