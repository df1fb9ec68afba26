"""Placing nodes: from the palette, by search, onto wires; and naming them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from graph_model import kinds
from tests.window.canvas_hand import SHIFT

pytest_plugins = ("tests.window.canvas_fixtures",)


def test_a_kind_from_the_palette_is_placed_where_it_is_dropped(hand, session):
    assert hand.drop_kind("Dropout", (3, 197))
    node = session.graph.node_named("dropout")
    assert node.position == (0.0, 200.0)
    assert session.selection == {node.id}
    session.undo_stack.undo()
    assert not session.graph.has_node(node.id)


def test_the_view_stays_where_it_is_while_nodes_are_dropped_near_its_edge(canvas, hand, session):
    canvas.viewpoint.fits_whole = True
    before = canvas.visible_area()
    left = (before.left() + 30, before.top() + 60)
    hand.drop_kind("ScalarInput", left)
    assert canvas.visible_area() == before
    canvas.resize(canvas.width(), canvas.height() - 40)
    assert canvas.viewpoint.scale == 1.0
    (dropped,) = session.selection
    x, y = session.graph.node(dropped).position
    assert canvas.visible_area().contains(x, y)
    assert abs(x - left[0]) + abs(y - left[1]) < 20


def test_every_kind_can_be_dropped_and_is_painted(canvas, hand, session):
    for index, kind in enumerate(kinds()):
        hand.drop_kind(kind, (-300 + 90 * (index % 8), -200 + 130 * (index // 8)))
    outside = [kind for kind in kinds().values() if kind.stands_in != "block"]
    assert session.graph.network.number_of_nodes() == 3 + len(outside)
    hand.seen()


def test_what_is_no_kind_is_not_taken(hand, session):
    assert not hand.drop_kind("Nonsense", (0, 200))
    assert session.undo_stack.count() == 0


def test_a_kind_dropped_on_a_wire_goes_between_as_one_step(hand, session):
    hand.drop_kind("BatchNorm1d", (80, 10))
    node = session.graph.node_named("batchnorm1d")
    assert [wire.source for wire in session.graph.incoming(node)] == ["hidden"]
    assert [wire.target for wire in session.graph.outgoing(node)] == ["out"]
    assert len(session.graph.wires()) == 3
    session.undo_stack.undo()
    assert {(wire.source, wire.target) for wire in session.graph.wires()} == {("x", "hidden"), ("hidden", "out")}


def test_a_double_click_on_nothing_searches_and_places_there(canvas, hand, session):
    hand.double_click((-8, 200))
    hand.type("linear")
    assert canvas.placement.open_search.kinds_shown()[0] == "Linear"
    hand.key(Qt.Key.Key_Return)
    assert session.graph.node_named("linear").position == (-8.0, 200.0)
    assert canvas.placement.open_search is None
    assert QApplication.focusWidget() is canvas


def test_space_opens_the_search_and_escape_closes_it(canvas, hand, session):
    hand.key(Qt.Key.Key_Space)
    assert canvas.placement.open_search is not None
    hand.key(Qt.Key.Key_Escape)
    assert canvas.placement.open_search is None
    assert session.undo_stack.count() == 0


def test_the_arrows_choose_in_the_search(canvas, hand, session):
    hand.key(Qt.Key.Key_Space)
    hand.type("batch")
    assert canvas.placement.open_search.kinds_shown()[:2] == ["BatchNorm1d", "BatchNorm2d"]
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Return)
    assert session.graph.node_named("batchnorm2d")


def test_shift_enter_in_the_search_connects_after_the_selected_node(hand, session):
    session.graph.disconnect("w2")
    session.select({"hidden"})
    hand.key(Qt.Key.Key_Space)
    hand.type("tanh")
    hand.key(Qt.Key.Key_Return, SHIFT)
    assert [wire.target for wire in session.graph.outgoing("hidden")] == ["tanh"]
    assert session.graph.node("tanh").position[0] > session.graph.node("hidden").position[0]


def test_a_chain_grows_by_keys_alone(hand, session):
    session.new()
    for name, modifiers in (("input", None), ("linear", SHIFT), ("relu", SHIFT), ("linear", SHIFT), ("output", SHIFT)):
        hand.key(Qt.Key.Key_Space, modifiers or Qt.KeyboardModifier.NoModifier)
        hand.type(name)
        hand.key(Qt.Key.Key_Return)
    order = [node.kind for node in session.graph.topological_order()]
    assert order == ["Input", "Linear", "ReLU", "Linear", "Output"]
    assert len(session.graph.wires()) == 4
    session.live_check.settle()
    assert session.problems == []


def test_f2_renames_in_place(hand, session):
    hand.click((0, 20))
    hand.key(Qt.Key.Key_F2)
    hand.type("layer one")
    hand.seen()
    hand.key(Qt.Key.Key_Return)
    assert session.graph.node("hidden").name == "layer one"
    session.undo_stack.undo()
    assert session.graph.node("hidden").name == "hidden"


def test_a_double_click_on_a_name_renames(canvas, hand, session):
    hand.double_click((0, -85))
    assert canvas.renaming.editor is not None
    hand.type("first")
    hand.key(Qt.Key.Key_Return)
    assert session.graph.node("hidden").name == "first"


def test_a_name_that_is_taken_is_refused_in_place(canvas, hand, session):
    session.select({"hidden"})
    hand.key(Qt.Key.Key_F2)
    hand.type("out")
    hand.key(Qt.Key.Key_Return)
    assert canvas.renaming.editor is not None
    assert session.graph.node("hidden").name == "hidden"
    hand.key(Qt.Key.Key_Escape)
    assert canvas.renaming.editor is None


def test_an_empty_canvas_says_what_to_do(canvas, hand, session):
    paper = canvas.theme.colour("paper").rgb()
    session.new()
    image = hand.seen()
    middle = [image.pixelColor(x, y).rgb() for x in range(250, 550) for y in range(290, 310)]
    assert any(colour != paper for colour in middle)
