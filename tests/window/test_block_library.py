"""The library in the window: blocks are saved from the menu, found in the palette, placed, and removed."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from graph_model import Document, Graph
from graph_model.blocks.library import LIBRARY_SIGN
from graph_model.document_file import structure_text
from tests.block_drawings import between, define, residual_block
from tests.window.canvas_hand import Hand

OWN = "GRU cell"


@pytest.fixture
def session(window):
    graph = Graph("blocks")
    residual_block(graph, 10)
    between(graph, [10], ("@residual", "a", {}), ("Linear", "last", {"out_features": 10}))
    window.session.open_document(Document(graph))
    return window.session


def library_item(window, name: str):
    """The item of a block of the library, wherever the search has put it."""
    listed = [item for key, item in window.palette.items.items() if key.startswith(LIBRARY_SIGN)]
    listed += window.palette.library.broken.values()
    (item,) = [item for item in listed if item.text(0) == name or (item.isDisabled() and item.text(0).startswith(name))]
    return item


def save(window, session) -> Path:
    session.select({"a"})
    window.actions_table["save_block"].trigger()
    return window.library.folder / "residual.json"


def test_a_block_is_saved_and_placed_in_another_document_with_enter(window, session):
    file = save(window, session)
    assert file.exists()
    assert str(file) in window.messages.label.text()
    session.open_document(Document(Graph("other")))
    window.palette.search.setFocus()
    QTest.keyClicks(window.palette.search, "residual")
    item = library_item(window, "residual")
    assert not item.isHidden()
    window.palette.tree.setCurrentItem(item)
    QTest.keyClick(window.palette.tree, Qt.Key.Key_Return)
    (placed,) = session.selection
    assert session.graph.node(placed).kind == "@residual"
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert len(session.graph.definitions) == 0


def test_a_trained_block_starts_from_its_weights_wherever_it_is_placed_and_can_start_anew(window, session):
    weight = numpy.full((10, 10), 0.5, numpy.float32)
    session.set_weights({"a/layer.weight": weight, "a/gone.weight": weight, "last.weight": weight})
    session.select({"a"})
    window.actions_table["save_block"].trigger()
    assert "with the weights that it has learned" in window.messages.label.text()
    assert (window.library.folder / "residual.gradcanvas").exists()
    session.open_document(Document(Graph("other")))
    window.palette.search.setFocus()
    QTest.keyClicks(window.palette.search, "residual")
    window.palette.tree.setCurrentItem(library_item(window, "residual"))
    QTest.keyClick(window.palette.tree, Qt.Key.Key_Return)
    (placed,) = session.selection
    assert session.document.weights.keys() == {f"{placed}/layer.weight"}
    numpy.testing.assert_array_equal(session.document.weights[f"{placed}/layer.weight"], weight)
    page = window.inspector.page
    assert page.trained.text() == "starts from trained weights"
    assert not page.trained.isHidden()
    page.anew.click()
    assert not session.document.weights
    assert page.trained.isHidden()
    session.undo_stack.undo()
    assert session.document.weights.keys() == {f"{placed}/layer.weight"}
    assert not window.inspector.page.trained.isHidden()
    session.undo_stack.undo()
    assert not session.document.weights


def test_a_trained_block_that_is_placed_inside_another_starts_so_at_every_place(window, session):
    weight = numpy.full((10, 10), 0.5, numpy.float32)
    session.set_weights({"a/layer.weight": weight})
    session.enter("a")
    window.actions_table["save_block"].trigger()
    graph = Graph("outer")
    define(graph, "stage")
    graph.add("@stage", name="p")
    graph.add("@stage", name="q")
    session.open_document(Document(graph))
    session.enter("p")
    (key,) = [
        key for key in window.palette.items if key.startswith(LIBRARY_SIGN) and key.endswith("residual.gradcanvas")
    ]
    placed = window.canvas.place_kind(key)
    assert session.document.weights.keys() == {f"p/{placed}/layer.weight", f"q/{placed}/layer.weight"}


def test_a_block_of_the_library_is_dropped_onto_a_wire(window, session):
    item = library_item(window, OWN)
    (wire,) = session.graph.outgoing("a")
    graph = session.graph
    graph.move("a", (0.0, 0.0))
    graph.move("last", (240.0, 0.0))
    graph.move("x", (-160.0, 0.0))
    graph.move("y", (400.0, 0.0))
    window.canvas.zoom_to_fit()
    text = structure_text(session.document)
    hand = Hand(window.canvas)
    data = window.palette.tree.mimeData([item])
    assert data.text().startswith("library:")
    assert hand.drop_kind(data.text(), (120.0, 0.0))
    (placed,) = session.selection
    assert graph.node(placed).kind == "@GRU_cell"
    assert not graph.has_wire(wire.id)
    assert [one.source for one in graph.incoming(placed)] == ["a"]
    assert [one.target for one in graph.outgoing(placed)] == ["last"]
    session.undo_stack.undo()
    assert structure_text(session.document) == text


def test_the_search_on_the_canvas_finds_the_library(window, session):
    window.activateWindow()
    window.canvas.setFocus()
    window.canvas.start_quick_search((0.0, 300.0))
    field = window.canvas.placement.open_search.field
    QTest.keyClicks(field, "bottleneck")
    QTest.keyClick(field, Qt.Key.Key_Return)
    (placed,) = session.selection
    assert session.graph.node(placed).kind == "@bottleneck"
    window.canvas.start_quick_search((0.0, 500.0))
    assert window.canvas.placement.open_search.kinds_shown().count("bottleneck") == 1
    window.canvas.placement.open_search.dismiss()


def test_a_broken_file_is_greyed_with_its_sentence_and_can_be_removed(window, session, monkeypatch, qtbot):
    save(window, session)
    broken = window.library.folder / "broken.json"
    broken.write_text("{")
    qtbot.waitUntil(lambda: len(window.palette.library.broken) == 1, timeout=5000)
    item = library_item(window, "broken.json")
    assert item.isDisabled()
    assert "It is not a GradCanvas document" in item.toolTip(0)
    window.palette.chosen.emit(window.palette.library._key(item))
    assert "not a GradCanvas document" in window.canvas.accessibleDescription()
    assert menu_texts(window, item)["Place"] is False
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Discard)
    remove(window, item)
    assert not broken.exists()
    assert window.palette.library.broken == {}


def menu(window, item):
    tree = window.palette.tree
    tree.scrollToItem(item)
    return window.palette.library.menu_at(tree.visualItemRect(item).center())


def menu_texts(window, item) -> dict[str, bool]:
    return {action.text(): action.isEnabled() for action in menu(window, item).actions()}


def remove(window, item) -> None:
    menu(window, item).actions()[1].trigger()


def test_removing_asks_once_and_the_programs_own_blocks_stay(window, session, monkeypatch):
    file = save(window, session)
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or answers[len(asked) - 1])
    remove(window, library_item(window, "residual"))
    assert file.exists()
    remove(window, library_item(window, "residual"))
    assert not file.exists()
    assert [str(file) in words for words in asked] == [True, True]
    assert window.library.block(f"library:{file}") is None
    (own,) = [text for text in menu_texts(window, library_item(window, OWN)) if text.startswith("Remove")]
    assert "stays" in own
    assert (
        window.palette.library.menu_at(
            window.palette.tree.visualItemRect(window.palette.tree.headings["Blocks"]).center()
        )
        is None
    )


def test_the_folder_is_shown_and_can_be_another(window, session, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    window.actions_table["show_library"].trigger()
    assert [Path(folder) for folder in opened] == [window.library.folder]
    assert window.library.folder.is_dir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "shared"))
    window.actions_table["choose_library"].trigger()
    assert window.settings.library_folder == tmp_path / "shared"
    assert save(window, session) == tmp_path / "shared" / "residual.json"
    assert (tmp_path / "shared" / "residual.json").exists()


def test_a_block_that_holds_the_open_one_is_another_one_inside_it(window, session):
    save(window, session)
    session.enter("a")
    window.palette.chosen.emit(f"library:{window.library.folder / 'residual.json'}")
    assert "cannot be placed inside itself" in window.canvas.accessibleDescription()
    assert session.undo_stack.count() == 0
