"""A block is opened and left on the canvas; what is seen is what is open."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import QPointF, Qt

from app.canvas import block_commands
from app.canvas.node_form import Form
from graph_model import Document, Graph
from graph_model.blocks import Definition, InDefinition, SetDefinition
from graph_model.edits import Move, SetParameters
from tests.block_drawings import between, naive_rnn
from tests.window.canvas_hand import place_of
from tests.window.rebuilt import same_as_rebuilt

pytest_plugins = ("tests.window.canvas_fixtures", "tests.window.block_fixtures")


def test_a_double_click_opens_a_block_and_escape_leaves_it(drawing, canvas, session, hand):
    hand.double_click(place_of(canvas, "a"))
    assert session.levels == ("a",)
    assert session.graph is drawing.definitions.body("@residual")
    assert set(canvas.drawing.geometry.nodes.ids) == {"x", "layer", "sum", "y"}
    hand.key(Qt.Key.Key_Escape)
    assert session.levels == ()
    assert session.selection == {"a"}
    assert set(canvas.drawing.geometry.nodes.ids) == {"x", "a", "b", "after", "y"}


def test_enter_opens_the_selected_block_and_backspace_leaves_it(drawing, canvas, session, hand):
    session.select({"b"})
    hand.key(Qt.Key.Key_Return)
    assert session.levels == ("b",)
    hand.key(Qt.Key.Key_Backspace)
    assert session.levels == ()
    assert drawing.has_node("b")


def test_each_level_is_seen_from_where_it_was_last_looked_at(drawing, canvas, session):
    canvas.viewpoint.zoom_to(1.7)
    canvas.viewpoint.look_at(QPointF(50, 20))
    session.enter("a")
    canvas.viewpoint.zoom_to(0.6)
    session.leave()
    assert canvas.scale_factor == pytest.approx(1.7)
    assert canvas.visible_area().center().x() == pytest.approx(50, abs=3)
    session.enter("a")
    assert canvas.scale_factor == pytest.approx(0.6)


def test_a_block_is_drawn_as_one_and_its_ports_as_terminals(drawing, canvas, session):
    assert canvas.drawing.form("a").form == Form.BLOCK
    assert canvas.drawing.form("b").shown == 2, "a repeated block has a sheet behind it"
    assert canvas.drawing.captions.of("b").kind.text.text() == "residual × 3"
    session.enter("a")
    assert canvas.drawing.form("x") == canvas.drawing.form("y")
    assert canvas.drawing.form("x").form == Form.COLUMN


def test_a_block_has_the_colour_of_its_definition(drawing, canvas, session, hand):
    canvas.viewpoint.zoom_to(2.5)
    canvas.viewpoint.look_at(QPointF(*place_of(canvas, "a")))
    x, y = place_of(canvas, "a")
    width = canvas.drawing.form("a").width
    edge = (x - width / 2, y + 20)
    before = hand.colour_at(edge)
    session.apply(SetDefinition(Definition("@residual", "residual", "#ff0000")), "colour")
    after = hand.colour_at(edge)
    assert before.blue() > before.red()
    assert after.red() > after.blue() + 80


def test_shapes_and_counts_are_those_of_the_open_level(drawing, canvas, session):
    assert session.shapes["a", 0] == ("batch", 6)
    assert (session.parameter_counts["a"], session.parameter_counts["b"]) == (42, 126)
    session.enter("b")
    assert session.shapes == {(node, 0): ("batch", 6) for node in ("x", "layer", "sum", "y")}
    assert session.parameter_counts["layer"] == 42


def test_inside_a_recurrent_block_shapes_are_those_of_one_time_step(canvas, session):
    graph = Graph("recurrent")
    naive_rnn(graph, 5)
    between(graph, [7, 6], ("@rnn", "rnn", {"over_time": "both", "returns": "last"}))
    session.live_check.use_compiler()
    session.open_document(Document(graph))
    assert session.shapes["rnn", 0] == ("batch", 10)
    session.enter("rnn")
    assert session.shapes["x", 0] == ("batch", 6)
    assert session.shapes["y", 0] == ("batch", 5)
    assert session.parameter_counts["from_input"] == 35


def test_a_wire_that_leads_back_to_a_delay_runs_below_the_nodes(canvas, session):
    graph = Graph("recurrent")
    naive_rnn(graph, 5)
    between(graph, [7, 6], ("@rnn", "rnn", {}))
    session.open_document(Document(graph))
    session.enter("rnn")
    geometry = canvas.drawing.geometry
    body = session.graph
    back = next(wire.id for wire in body.wires() if wire.target == "h")
    row = geometry.wires.row_of[back]
    lowest = float(geometry.layout.paths(numpy.array([row]))[0, :, 1].max())
    between_ends = [
        float(node["y"] + node["height"] / 2)
        for node in geometry.nodes.rows
        if geometry.layout.x2[row] <= node["x"] <= geometry.layout.x1[row]
    ]
    assert lowest > max(between_ends)
    assert geometry.layout.bottom[row] >= lowest - 1e-6
    assert geometry.bounds()[3] >= lowest


def test_what_changes_a_block_from_outside_is_seen_while_it_is_open(drawing, canvas, session):
    session.enter("a")
    session.document.apply(InDefinition("@residual", Move({"layer": (500.0, 500.0)})))
    same_as_rebuilt(canvas)


def test_a_block_inside_a_block_opens_three_levels_down(drawing, canvas, session, hand):
    session.enter("a")
    session.select({"layer"})
    block_commands.group_selected(canvas)
    hand.key(Qt.Key.Key_Escape)
    (inner,) = session.selection
    session.enter(inner)
    assert session.levels == ("a", inner)
    assert session.graph.has_node("layer")
    session.apply(SetParameters("layer", {"out_features": 5}), "change")
    session.live_check.settle()
    assert any(problem.node_id == "a/sum" for problem in session.problems)
    session.leave(0)
    assert canvas.drawing.picture.marks.problems == {"a": "error"}
    assert session.show("a/sum") == "sum"
    assert session.levels == ("a",)
    assert canvas.drawing.picture.marks.problems == {"sum": "error"}
