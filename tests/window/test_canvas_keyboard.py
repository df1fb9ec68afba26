"""The canvas by keys alone, and the commands of the menus."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.canvas import block_commands, commands
from graph_model import Document, Graph
from tests.block_drawings import residual_block
from tests.window.canvas_hand import CONTROL, SHIFT

pytest_plugins = ("tests.window.canvas_fixtures",)


def test_tab_goes_from_node_to_node_and_then_on(canvas, hand, session):
    seen = []
    for _ in range(3):
        hand.key(Qt.Key.Key_Tab)
        seen.append(next(iter(session.selection)))
    assert seen == ["x", "hidden", "out"]
    hand.key(Qt.Key.Key_Backtab, SHIFT)
    assert session.selection == {"hidden"}
    assert "hidden, Linear 4" in canvas.accessibleDescription()


def test_the_arrows_go_along_wires_and_then_to_the_nearest(hand, session):
    session.graph.add("Dropout", name="below", position=(0, 200))
    session.select({"x"})
    for key, expected in ((Qt.Key.Key_Right, "hidden"), (Qt.Key.Key_Down, "below"), (Qt.Key.Key_Up, "hidden")):
        hand.key(key)
        assert session.selection == {expected}
    hand.key(Qt.Key.Key_Left)
    assert session.selection == {"x"}


def test_nudges_in_a_row_are_one_step(hand, session):
    session.select({"hidden"})
    for _ in range(3):
        hand.key(Qt.Key.Key_Down, CONTROL)
    hand.key(Qt.Key.Key_Right, CONTROL)
    assert session.graph.node("hidden").position == (8.0, 24.0)
    session.undo_stack.undo()
    assert session.graph.node("hidden").position == (0.0, 0.0)


def test_a_wire_is_drawn_by_keys(canvas, hand, session):
    session.graph.disconnect("w2")
    session.select({"hidden"})
    hand.key(Qt.Key.Key_C)
    hand.seen()
    assert "out" in canvas.accessibleDescription()
    hand.key(Qt.Key.Key_Return)
    assert [wire.target for wire in session.graph.outgoing("hidden")] == ["out"]
    assert session.undo_stack.count() == 1


def test_escape_ends_wiring_by_keys(canvas, hand, session):
    session.graph.disconnect("w2")
    session.select({"hidden"})
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Escape)
    assert not session.graph.outgoing("hidden")
    assert not canvas.drawing.picture.marks.open_ports


def test_enter_asks_for_the_parameters(canvas, hand, session, qtbot):
    session.select({"hidden"})
    with qtbot.waitSignal(canvas.inspect_requested) as asked:
        hand.key(Qt.Key.Key_Return)
    assert asked.args == ["hidden"]


def test_delete_removes_the_selection_as_one_step(canvas, hand, session):
    session.select({"hidden"})
    hand.key(Qt.Key.Key_Delete)
    assert not session.graph.has_node("hidden")
    assert len(canvas.drawing.geometry.wires) == 0
    session.undo_stack.undo()
    assert len(session.graph.wires()) == 2
    assert len(canvas.drawing.geometry.wires) == 2


def test_arrange_lays_out_all_nodes_without_overlap_and_is_one_step(canvas, session, qtbot):
    for index in range(6):
        node = session.graph.add("Linear", name=f"n{index}", position=(0, 0))
        session.graph.connect("x", node)
    before = session.graph.contents()
    commands.arrange(canvas)
    places = {node.position for node in session.graph.nodes()}
    assert len(places) == 9
    session.undo_stack.undo()
    assert session.graph.contents() == before


def test_gliding_ends_where_the_drawing_says(canvas, session, qtbot):
    session.graph.move("out", (0, 300))
    commands.arrange(canvas)
    row = canvas.drawing.geometry.nodes.row_of["out"]
    qtbot.waitUntil(
        lambda: float(canvas.drawing.geometry.nodes["x"][row]) == session.graph.node("out").position[0], timeout=2000
    )
    qtbot.wait(250)
    assert float(canvas.drawing.geometry.nodes["y"][row]) == session.graph.node("out").position[1]


@pytest.mark.parametrize(
    ("side", "axis", "expected"), [("left", 0, None), ("middle", 1, 0.0), ("top", 1, None), ("right", 0, None)]
)
def test_align_puts_sides_on_one_line(canvas, session, side, axis, expected):
    session.graph.move("hidden", (10, 40))
    session.graph.move("out", (200, -40))
    commands.select_all(canvas)
    commands.align(canvas, side)
    part = {"left": -0.5, "top": -0.5, "middle": 0.0, "right": 0.5}[side]
    edges = set()
    for node in session.graph.nodes():
        form = canvas.drawing.form(node.id)
        edges.add(round(node.position[axis] + part * (form.width, form.height)[axis], 6))
    assert len(edges) == 1
    session.undo_stack.undo()
    assert session.graph.node("hidden").position == (10.0, 40.0)


def test_distribute_makes_distances_equal(canvas, session):
    session.graph.move("hidden", (100, 0))
    commands.select_all(canvas)
    commands.distribute(canvas, "horizontal")
    assert session.graph.node("hidden").position[0] == 0.0


def test_zoom_commands(canvas):
    commands.zoom_in(canvas)
    assert canvas.scale_factor == pytest.approx(1.25)
    commands.zoom_out(canvas)
    assert canvas.scale_factor == pytest.approx(1.0)
    commands.zoom_to_fit(canvas)
    area, bounds = canvas.visible_area(), canvas.drawing.geometry.bounds()
    assert area.left() <= bounds[0]
    assert area.right() >= bounds[2]
    commands.zoom_to_100(canvas)
    assert canvas.scale_factor == 1.0


def test_reveal_brings_a_node_into_sight(canvas, session):
    session.graph.move("out", (5000, 3000))
    canvas.reveal("out")
    assert canvas.visible_area().contains(5000, 3000)
    assert session.selection == {"out"}


def test_without_snapping_a_drag_is_free(canvas, hand, session):
    commands.toggle_snapping(canvas, False)
    hand.drag((0, 20), (51, 203))
    assert session.graph.node("hidden").position == (51.0, 183.0)


def test_undo_while_gliding_shows_the_drawing_as_it_is(canvas, session, qtbot):
    session.graph.move("out", (0, 300))
    commands.arrange(canvas)
    QApplication.processEvents()
    session.undo_stack.undo()
    qtbot.wait(250)
    row = canvas.drawing.geometry.nodes.row_of["out"]
    assert float(canvas.drawing.geometry.nodes["y"][row]) == 300.0


def test_a_canvas_that_is_painted_amid_a_deletion_knows_what_is_gone(canvas, hand, session, monkeypatch):
    failures = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, _: failures.append(error))
    node = session.graph.add("Neuron", position=(0, 150)).id
    session.select([node])
    session.highlight(node)
    for signal in (session.selection_changed, session.highlight_changed):
        signal.connect(lambda: canvas.viewport().grab())
    session.delete_selection()
    assert failures == []
    session.undo_stack.undo()
    assert failures == []


@pytest.fixture
def two_ports(canvas, session) -> Graph:
    """Two Inputs, a block with inputs x and second and outputs y and raw, and an Add with one wire."""
    graph = Graph("ports")
    body = residual_block(graph, 4)
    body.connect(body.add("BlockInput", name="second"), "sum")
    body.connect("layer", body.add("BlockOutput", name="raw"))
    graph.add("Input", name="left", shape=[4], position=(-200.0, 0.0))
    graph.add("@residual", name="block", position=(0.0, 0.0))
    graph.add("Add", name="join", position=(200.0, 120.0))
    graph.add("Output", name="end", position=(200.0, -40.0))
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)
    canvas.viewpoint.look_at(QPointF(0, 0))
    return graph


def test_up_and_down_choose_the_input_port_at_which_a_wire_ends(two_ports, canvas, session, hand):
    session.select({"left"})
    hand.key(Qt.Key.Key_C)
    assert "Wire to block, x?" in canvas.accessibleDescription()
    hand.key(Qt.Key.Key_Down)
    assert "Wire to block, second?" in canvas.accessibleDescription()
    hand.key(Qt.Key.Key_Return)
    assert [(wire.source, wire.input) for wire in two_ports.incoming("block")] == [("left", 1)]


def test_tab_chooses_the_output_port_at_which_a_wire_begins(two_ports, canvas, session, hand):
    session.select({"block"})
    hand.key(Qt.Key.Key_C)
    assert "Wire from y to end?" in canvas.accessibleDescription()
    hand.seen()
    hand.key(Qt.Key.Key_Tab)
    assert "Wire from raw to end?" in canvas.accessibleDescription()
    hand.key(Qt.Key.Key_Right)
    assert "Wire from raw to join?" in canvas.accessibleDescription()
    hand.key(Qt.Key.Key_Return)
    assert [(wire.target, wire.output) for wire in two_ports.outgoing("block")] == [("join", 1)]
    assert canvas.keyboard.wiring.wiring is None


def test_a_place_is_read_aloud_with_its_ports_and_how_it_runs(two_ports, canvas, session):
    two_ports.connect("left", "block", input=1)
    two_ports.set("block", repeat=3, weights="same")
    two_ports.add("@residual", name="again", position=(0.0, 300.0))
    canvas.keyboard.focus("block")
    words = canvas.accessibleDescription()
    assert words.startswith("block, block residual, repeated 3 times, shares its weights as same, one of 2 places; ")
    assert "input x from nothing; input second from left; wired to nothing" in words
    assert words.endswith("; Enter opens it")


def test_a_node_of_an_expanded_block_is_read_aloud_as_one(two_ports, canvas, session):
    session.select({"block"})
    block_commands.expand_selected(canvas)
    canvas.keyboard.focus("layer")
    assert canvas.accessibleDescription().endswith("; in the expanded block block")
