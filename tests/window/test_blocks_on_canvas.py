"""Blocks on the canvas by mouse and keys: edited inside, dropped into, taken back, placed and wired."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import QPointF, Qt

from app.canvas import block_commands
from app.session import unfolding
from graph_model import Document, EditError, Graph
from graph_model.document_file import structure_text
from graph_model.edits import SetParameters
from tests.block_drawings import between, naive_rnn, residual_block
from tests.window.canvas_hand import CONTROL, place_of
from tests.window.rebuilt import same_as_rebuilt

pytest_plugins = ("tests.window.canvas_fixtures", "tests.window.block_fixtures")


def test_an_edit_inside_is_one_step_that_undo_shows_where_it_happened(drawing, canvas, session):
    text = structure_text(session.document)
    session.enter("a")
    session.apply(SetParameters("layer", {"activation": "Tanh"}), "change")
    same_as_rebuilt(canvas)
    session.leave()
    session.undo_stack.undo()
    assert session.levels == ("a",)
    assert structure_text(session.document) == text
    session.leave()
    session.undo_stack.redo()
    assert session.levels == ("a",)
    assert session.graph.node("layer").parameters["activation"] == "Tanh"


def test_moves_of_one_gesture_inside_a_block_are_one_step(drawing, canvas, session, hand):
    session.enter("a")
    session.select({"layer"})
    start = place_of(canvas, "layer")
    for _ in range(3):
        hand.key(Qt.Key.Key_Right, CONTROL)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert place_of(canvas, "layer") == start


def test_new_ports_keep_the_wires_at_all_places(drawing, canvas, session):
    wires = {wire.id for wire in drawing.wires()}
    session.enter("a")
    block_commands.add_port(canvas, "BlockInput")
    (port,) = session.selection
    block_commands.move_port(canvas, -1)
    assert [node.id for node in session.graph.nodes() if node.kind == "BlockInput"] == [port, "x"]
    session.leave()
    same_as_rebuilt(canvas)
    assert {wire.id for wire in drawing.wires()} == wires
    assert [wire.input for wire in drawing.incoming("a")] == [1]
    with pytest.raises(EditError, match="Select a BlockInput"):
        block_commands.move_port(canvas, 1)


def test_a_wire_is_drawn_from_the_second_output_of_a_block(drawing, canvas, session, hand):
    session.enter("a")
    block_commands.add_port(canvas, "BlockOutput")
    (port,) = session.selection
    session.graph.connect("layer", port)
    session.leave()
    row = canvas.drawing.geometry.nodes.rows[canvas.drawing.geometry.nodes.row_of["a"]]
    below = (float(row["x"] + row["width"] / 2), float(row["y"] - row["height"] / 2 + row["height"] * 2 / 3))
    add = drawing.add("Add", name="join", position=(-80.0, 200.0))
    canvas.viewpoint.look_at(QPointF(-100, 100))
    hand.drag(below, hand.port(add.id, output=False))
    assert [(wire.source, wire.output) for wire in drawing.incoming(add)] == [("a", 1)]


def test_nodes_dropped_on_a_block_go_into_it_with_their_weights(drawing, canvas, session, hand):
    session.select({"a"})
    block_commands.make_selected_unique(canvas)
    session.document.weights["after.weight"] = array = numpy.ones((6, 6), numpy.float32)
    drawing.set("b", repeat=1)
    text = structure_text(session.document)
    hand.drag(place_of(canvas, "after"), place_of(canvas, "b"))
    assert not drawing.has_node("after")
    assert session.selection == {"b"}
    assert session.document.weights["b/after.weight"] is array
    same_as_rebuilt(canvas)
    session.undo_stack.undo()
    assert structure_text(session.document) == text
    assert session.document.weights["after.weight"] is array
    same_as_rebuilt(canvas)


def test_a_drop_on_one_place_of_a_block_goes_into_all(drawing, canvas, session, hand):
    drawing.set("b", repeat=1)
    text = structure_text(session.document)
    session.document.weights["after.weight"] = array = numpy.ones((6, 6), numpy.float32)
    hand.drag(place_of(canvas, "after"), place_of(canvas, "b"))
    assert not drawing.has_node("after")
    assert session.document.weights["a/after.weight"] is array
    same_as_rebuilt(canvas)
    session.undo_stack.undo()
    assert structure_text(session.document) == text
    same_as_rebuilt(canvas)


def test_a_drop_that_other_places_cannot_follow_leaves_everything_and_offers_a_way_out(drawing, canvas, session, hand):
    drawing.set("b", repeat=1)
    joined = drawing.add("Add", name="joined", position=(0.0, 300.0))
    drawing.connect("b", joined)
    drawing.connect(drawing.add("Input", name="other", shape=[6], position=(-200.0, 300.0)), joined)
    text = structure_text(session.document)
    offers = []
    canvas.offered.connect(lambda *offer: offers.append(offer))
    canvas.zoom_to_fit()
    hand.drag(place_of(canvas, "joined"), place_of(canvas, "b"))
    assert structure_text(session.document) == text
    ((sentence, label, command),) = offers
    assert "one of 2 places of the block 'residual'" in sentence
    assert label == "Make 'b' a block of its own, and move them in"
    command()
    assert drawing.definitions.body(drawing.node("b").kind).has_node("joined")
    assert not drawing.definitions.body(drawing.node("a").kind).has_node("joined")
    same_as_rebuilt(canvas)
    drawing.remove("a")
    with pytest.raises(EditError, match="is not there any more"):
        command()


def test_grouping_asks_no_question_and_the_name_is_typed_in_place(drawing, canvas, session, hand):
    before = structure_text(session.document)
    session.select({"b", "after"})
    block_commands.group_selected(canvas)
    hand.type("tail")
    hand.key(Qt.Key.Key_Return)
    (place,) = session.selection
    assert drawing.node(place).name == "tail"
    assert drawing.definitions.definition(drawing.node(place).kind).name == "tail"
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert structure_text(session.document) == before


def test_nodes_are_taken_out_of_the_open_block(drawing, canvas, session):
    session.select({"b", "after"})
    block_commands.group_selected(canvas)
    (place,) = session.selection
    canvas.renaming.editor.close_field()
    session.document.weights[f"{place}/after.weight"] = array = numpy.ones((6, 6), numpy.float32)
    session.enter(place)
    session.select({"after"})
    block_commands.move_selected_out(canvas)
    assert session.levels == ()
    assert drawing.has_node("after")
    assert [wire.source for wire in drawing.incoming("after")] == [place]
    assert session.document.weights["after.weight"] is array
    same_as_rebuilt(canvas)
    session.undo_stack.undo()
    assert not drawing.has_node("after")


def test_taking_all_out_of_a_block_is_taken_back_though_its_block_is_gone(drawing, canvas, session):
    session.select({"b", "after"})
    block_commands.group_selected(canvas)
    (place,) = session.selection
    canvas.renaming.editor.close_field()
    before = structure_text(session.document)
    session.enter(place)
    session.select(node.id for node in session.graph.nodes() if not session.graph.kind_of(node).stands_in)
    block_commands.move_selected_out(canvas)
    assert not drawing.has_node(place)
    session.undo_stack.undo()
    assert structure_text(session.document) == before
    session.undo_stack.redo()
    assert not drawing.has_node(place)
    assert session.levels == ()


def test_values_are_shown_at_the_level_that_is_open(drawing, canvas, session):
    values = {"a/layer": 1e-3, "a/sum": 1e-5, "b/2/layer": 1e-2, "after": 1e-1}
    canvas.set_values(values, "∂L/∂W")
    assert canvas.drawing.picture.scale.values == {"a": 1e-3, "b": 1e-2, "after": 1e-1}
    session.enter("a")
    assert canvas.drawing.picture.scale.values == {"layer": 1e-3, "sum": 1e-5}
    session.leave()
    session.enter("b")
    assert canvas.drawing.picture.scale.values == {"layer": 1e-2}
    canvas.set_values(None)
    assert canvas.drawing.picture.scale is None


def test_trained_weights_inside_are_those_of_the_place_that_is_open(canvas, session):
    graph = Graph("neurons")
    x = graph.add("Input", name="x", shape=[2])
    first, second = graph.add("Neuron", name="n"), graph.add("Output", name="y")
    wire = graph.connect(x, first, weight=1.0, element=0)
    graph.connect(first, second)
    session.open_document(
        Document(graph, weights={f"{wire.id}.weight": numpy.array(7.0), "n.bias": numpy.array([2.0])})
    )
    session.select({"n"})
    block_commands.group_selected(canvas)
    canvas.renaming.editor.close_field()
    (place,) = session.selection
    session.enter(place)
    row = canvas.drawing.geometry.wires.row_of[wire.id]
    assert canvas.drawing.geometry.wires["weight"][row] == 7.0
    assert canvas.drawing.captions.of("n").subtitles[0].text.text() == "b = 2"
    assert dict(session.level.weights) == {f"{wire.id}.weight": numpy.array(7.0), "n.bias": numpy.array([2.0])}


def test_a_layer_inside_a_block_unfolds_and_folds_back_at_all_places(drawing, canvas, session):
    session.live_check.use_compiler()
    drawing.set("b", repeat=1)
    text = structure_text(session.document)
    session.enter("a")
    session.select({"layer"})
    unfolding.unfold_selected(session)
    assert {session.graph.node(node).kind for node in session.selection} == {"Neuron"}
    wires = session.graph.incoming(sorted(session.selection)[0])
    assert all(f"b/{wire.id}.weight" in session.document.weights for wire in wires)
    same_as_rebuilt(canvas)
    unfolding.fold_selected(session)
    (layer,) = session.selection
    assert session.graph.node(layer).parameters["out_features"] == 6
    assert {f"a/{layer}.weight", f"b/{layer}.weight"} <= session.document.weights.keys()
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert structure_text(session.document) == text
    assert not session.document.weights
    same_as_rebuilt(canvas)


def test_a_removed_block_is_left(drawing, canvas, session):
    session.enter("a")
    session.document.graph.remove("a")
    assert session.levels == ()
    same_as_rebuilt(canvas)


def test_blocks_of_the_document_are_found_in_the_search_and_placed(drawing, canvas, session, hand):
    canvas.start_quick_search((0.0, 250.0))
    hand.type("residual")
    hand.key(Qt.Key.Key_Return)
    (placed,) = session.selection
    assert drawing.node(placed).kind == "@residual"
    session.enter(placed)
    canvas.start_quick_search((0.0, 250.0))
    hand.type("residual")
    assert "residual" not in canvas.placement.open_search.kinds_shown()
    hand.key(Qt.Key.Key_Escape)


def test_a_wire_drawn_by_keys_goes_to_the_first_free_port_of_a_block(canvas, session, hand):
    graph = Graph("ports")
    body = residual_block(graph, 4)
    body.connect(body.add("BlockInput", name="second"), "sum")
    first, place = graph.add("Input", name="first", shape=[4]), graph.add("@residual", name="block")
    second = graph.add("Input", name="other", shape=[4], position=(0.0, 200.0))
    graph.connect(first, place)
    session.open_document(Document(graph))
    session.select({second.id})
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Return)
    assert [(wire.source, wire.input) for wire in graph.incoming(place)] == [("first", 0), ("other", 1)]


def test_a_wire_to_a_delay_may_close_a_loop_by_hand(canvas, session, hand):
    graph = Graph("loop")
    body = naive_rnn(graph, 5)
    between(graph, [7, 6], ("@rnn", "rnn", {}))
    body.disconnect(body.incoming("h")[0])
    for number, node in enumerate(body.nodes()):
        body.move(node, (140.0 * (number % 4) - 200.0, 180.0 * (number // 4) - 80.0))
    session.open_document(Document(graph))
    session.enter("rnn")
    canvas.viewpoint.zoom_to(0.9)
    canvas.viewpoint.look_at(QPointF(0, 0))
    hand.drag(hand.port("squash", output=True), hand.port("h", output=False))
    assert [wire.source for wire in body.incoming("h")] == ["squash"]
    same_as_rebuilt(canvas)
