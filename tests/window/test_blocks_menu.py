"""The menu Blocks, the breadcrumb, and what of the window follows the level that is open: real keys, real training."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from graph_model import Document, Graph
from graph_model.document_file import structure_text
from graph_model.edits import RemoveWires
from tests.block_drawings import between, naive_rnn, residual_block

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(window):
    graph = Graph("blocks")
    residual_block(graph, 64)
    between(
        graph,
        [64],
        ("@residual", "a", {}),
        ("@residual", "b", {"repeat": 2}),
        ("Linear", "last", {"out_features": 10}),
    )
    window.session.open_document(Document(graph))
    window.canvas.setFocus()
    return window.session


def key(window, pressed: Qt.Key, modifiers=CONTROL) -> None:
    window.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, pressed, modifiers)


def crumbs(window) -> list[str]:
    return [button.text() for button in window.breadcrumb.buttons] if window.breadcrumb.isVisible() else []


def test_keys_group_open_leave_and_ungroup(window, session):
    before = structure_text(session.document)
    session.select({"b", "last"})
    key(window, Qt.Key.Key_G)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    (place,) = session.selection
    key(window, Qt.Key.Key_Return)
    assert session.levels == (place,)
    assert crumbs(window) == ["blocks", "block"]
    key(window, Qt.Key.Key_Backspace)
    assert (session.levels, crumbs(window)) == ((), [])
    key(window, Qt.Key.Key_G, CONTROL | SHIFT)
    assert structure_text(session.document) == before
    assert session.undo_stack.count() == 2


def test_what_cannot_go_into_all_places_is_said_with_a_button_for_the_way_out(window, session):
    graph = session.graph
    graph.set("b", repeat=1)
    graph.connect(graph.add("Input", name="other", shape=[64]), graph.add("Add", name="joined"))
    graph.connect("b", "joined")
    session.select({"b", "joined"})
    key(window, Qt.Key.Key_Right, CONTROL | SHIFT)
    assert "nothing would arrive in its place at 'a'" in window.messages.label.text()
    assert graph.has_node("joined")
    QTest.mouseClick(window.messages.offer, Qt.MouseButton.LeftButton)
    assert not graph.has_node("joined")
    assert not window.messages.isVisible()
    assert session.undo_stack.count() == 2
    session.select({"last", "a"})
    key(window, Qt.Key.Key_Right, CONTROL | SHIFT)
    assert window.messages.offer.isHidden()


def test_the_breadcrumb_leads_back_to_any_level(window, session):
    session.enter("a")
    session.select({"layer"})
    window.actions_table["group"].trigger()
    window.canvas.renaming.editor.close_field()
    (inner,) = session.selection
    session.enter(inner)
    assert crumbs(window) == ["blocks", "a", "block"]
    assert window.breadcrumb.hint.text() == "block block"
    QTest.mouseClick(window.breadcrumb.buttons[1], Qt.MouseButton.LeftButton)
    assert session.levels == ("a",)
    assert session.selection == {inner}
    assert window.breadcrumb.hint.text() == "block residual: what changes here changes at all its 2 places"
    QTest.mouseClick(window.breadcrumb.buttons[0], Qt.MouseButton.LeftButton)
    assert session.levels == ()


def test_a_place_again_is_an_instance_and_a_unique_one_is_a_copy(window, session):
    graph = session.document.graph
    session.select({"a"})
    window.actions_table["place_again"].trigger()
    assert len(graph.definitions.places("@residual")) == 3
    window.actions_table["make_unique"].trigger()
    (copy,) = session.selection
    assert graph.node(copy).kind == "@residual_2"
    assert not window.actions_table["make_unique"].isEnabled()


def test_dialogs_repeat_rename_and_replace(window, session, monkeypatch):
    graph = session.document.graph
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_args, **_keys: (5, True))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_keys: ("stage", True))
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_args, **_keys: ("stage", True))
    session.select({"a"})
    window.actions_table["repeat"].trigger()
    assert graph.node("a").parameters["repeat"] == 5
    window.actions_table["rename_block"].trigger()
    assert graph.definitions.definition("@residual").name == "stage"
    session.select({"last"})
    window.actions_table["replace"].trigger()
    (made,) = session.selection
    assert (graph.node(made).kind, graph.node(made).name) == ("@residual", "last")
    for _ in range(3):
        session.undo_stack.undo()
    assert graph.node("last").kind == "Linear"
    assert graph.definitions.definition("@residual").name == "residual"


def test_unused_blocks_are_removed_and_come_back(window, session):
    session.select({"a", "b"})
    session.delete_selection()
    window.actions_table["remove_unused"].trigger()
    assert len(session.document.graph.definitions) == 0
    assert "Removed: residual." in window.messages.label.text()
    session.undo_stack.undo()
    assert len(session.document.graph.definitions) == 1


def test_a_refusal_is_said_across_the_window(window, session):
    session.select({"b"})
    window.actions_table["ungroup"].trigger()
    assert "is repeated" in window.messages.label.text()
    assert session.document.graph.has_node("b")


def test_the_title_stays_the_document_s_and_the_palette_offers_what_can_be_placed(window, session):
    items = window.palette.items
    assert not items["@residual"].isHidden()
    assert (items["Input"].isHidden(), items["Delay"].isHidden()) == (False, True)
    session.enter("a")
    assert "@residual" not in items
    assert (items["Input"].isHidden(), items["Delay"].isHidden()) == (True, False)
    assert window.windowTitle().startswith("blocks")
    session.leave()
    assert window.palette.items["@residual"].text(0) == "residual"


def test_a_problem_inside_a_block_is_jumped_to_and_mended_there(window, session, qtbot):
    session.enter("a")
    session.apply(RemoveWires((session.graph.incoming("layer")[0].id,)), "unplug")
    session.leave()
    session.live_check.settle()
    rows = [row for row in window.tabs.problems.problems if row.node_id == "a/layer"]
    assert len(rows) == 1
    window.tabs.jump_requested.emit("a/layer")
    assert (session.levels, session.selection) == (("a",), {"layer"})
    session.leave()
    session.apply_whole(rows[0].fixes[0].edit, "mend")
    assert not session.document.graph.definitions.body("@residual").has_node("layer")


def test_gradients_of_a_run_colour_blocks_and_what_is_in_them(window, session, qtbot):
    window.control.step()
    qtbot.waitUntil(
        lambda: window.control.recording is not None and window.control.recording.row_count() > 0, timeout=30_000
    )
    window.display.show_values()
    values = window.canvas.drawing.picture.scale.values
    assert set(values) == {"a", "b", "last"}
    assert all(value > 0 for value in values.values())
    session.enter("b")
    assert set(window.canvas.drawing.picture.scale.values) == {"layer"}
    session.highlight(session.level.path_of("layer"))
    assert window.canvas.drawing.picture.marks.highlighted == "layer"
    session.leave()
    assert set(window.canvas.drawing.picture.scale.values) == {"a", "b", "last"}


def test_backpropagation_explains_what_is_inside_the_open_block(window, session, qtbot):
    panel = window.tabs.show_backpropagation()
    qtbot.waitUntil(lambda: panel.computing.trace is not None and not panel.computing.busy, timeout=30_000)
    assert not panel.computing.is_outdated
    session.enter("a")
    session.select({"layer"})
    qtbot.waitUntil(lambda: not panel.computing.busy, timeout=30_000)
    assert "a/layer" in panel.explanation.text.toPlainText()
    assert window.canvas.drawing.picture.annotated_lines("layer")


def test_a_network_with_a_recurrent_block_trains_and_is_watched(window, qtbot):
    graph = Graph("recurrent")
    naive_rnn(graph, 8)
    between(graph, [8, 8], ("@rnn", "rnn", {"returns": "last"}), ("Linear", "last", {"out_features": 10}))
    session = window.session
    session.open_document(Document(graph))
    window.tabs.show_backpropagation()
    session.enter("rnn")
    window.control.step()
    qtbot.waitUntil(
        lambda: window.control.recording is not None and window.control.recording.row_count() > 0, timeout=30_000
    )
    window.display.show_values()
    assert set(window.canvas.drawing.picture.scale.values) >= {"from_input", "from_state"}
    window.canvas.grab()
    session.leave()
    window.canvas.grab()
    assert "rnn" in window.canvas.drawing.picture.scale.values


def test_the_inspector_sets_name_colour_description_and_lifted_parameters(window, session, monkeypatch):
    graph = session.document.graph
    session.enter("a")
    session.select({"layer"})
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_args, **_keys: ("out_features", True))
    window.actions_table["lift"].trigger()
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_args, **_keys: ("activation", True))
    window.actions_table["lift"].trigger()
    session.select(())
    page = window.inspector.page
    for line, text in ((page.name, "step"), (page.colour, "#e8590c")):
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
    page.description.setPlainText("Adds to what comes.")
    definition = graph.definitions.definition("@residual")
    assert (definition.name, definition.colour, definition.description) == ("step", "#e8590c", "Adds to what comes.")
    page.colour.selectAll()
    QTest.keyClicks(page.colour, "reddish")
    QTest.keyClick(page.colour, Qt.Key.Key_Return)
    assert "must be like #4c6ef5" in page.reason.text()
    session.leave()
    fields = window.inspector.page.form.fields
    assert list(fields)[:2] == ["out_features", "activation"]
    fields["activation"].editor.textActivated.emit("Tanh")
    fields["out_features"].editor.setText("64")
    fields["out_features"].editor.editingFinished.emit()
    assert (graph.node("a").parameters["activation"], graph.node("a").parameters["out_features"]) == ("Tanh", 64)
    assert graph.node("b").parameters["activation"] is None
    steps = session.undo_stack.count()
    for _ in range(steps):
        session.undo_stack.undo()
    assert graph.definitions.definition("@residual").lifted == ()


def test_a_row_of_the_analysis_leads_into_the_block_and_the_selection_back_to_its_row(window, session, qtbot):
    window.actions_table["analyze"].trigger()
    panel = window.tabs.analyze
    qtbot.waitUntil(lambda: panel.analysis is not None and bool(panel.model.rows))
    row = next(number for number, one in enumerate(panel.model.rows) if one.node_id == "a/layer")
    panel.table.selectRow(panel.model.row_of(row))
    assert (session.levels, session.selection) == (("a",), {"layer"})
    session.leave()
    session.select({"last"})
    chosen = [panel.model.node_at(index.row()) for index in panel.table.selectionModel().selectedRows()]
    assert chosen == ["last"]
