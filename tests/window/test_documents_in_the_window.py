"""Documents in the window: saved, opened, asked about, exported and imported."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy
import onnxruntime
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.window.gallery_dialog import GalleryDialog
from graph_model import load_document, save_document
from tests.window.window_hand import answer, press, small_digits


def test_save_open_and_the_dirty_mark(window, tmp_path, monkeypatch):
    target = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.palette.chosen.emit("Input")
    assert window.session.dirty
    assert not window.bar.edited.isHidden()
    press(window, "save")
    assert not window.session.dirty
    assert window.bar.edited.isHidden()
    assert [node.kind for node in load_document(tmp_path / "mine.gradcanvas").graph.nodes()] == ["Input"]
    assert window.settings.recent_files == [tmp_path / "mine.gradcanvas"]
    press(window, "new")
    assert window.session.graph.nodes() == []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mine.gradcanvas"), ""))
    press(window, "open")
    assert len(window.session.graph.nodes()) == 1


@pytest.mark.parametrize(
    ("button", "stays"),
    [(QMessageBox.StandardButton.Cancel, True), (QMessageBox.StandardButton.Discard, False)],
)
def test_unsaved_work_is_asked_about(window, button, stays):
    window.palette.chosen.emit("Linear")
    answer(button)
    press(window, "new")
    assert bool(window.session.graph.nodes()) == stays


def test_a_bad_file_leaves_the_document_open_and_says_why(window, tmp_path):
    window.session.open_document(small_digits())
    document = window.session.document
    (tmp_path / "bad.gradcanvas").write_bytes(b"PK nonsense")
    window.flow.open_file(tmp_path / "bad.gradcanvas")
    assert window.session.document is document
    assert "bad.gradcanvas" in window.messages.label.text()


def test_an_example_opens_from_the_gallery(window, qtbot):
    def choose() -> None:
        (dialog,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, GalleryDialog))
        (item,) = dialog.list.findItems("Worked example, neuron by neuron", Qt.MatchFlag.MatchExactly)
        dialog.list.setCurrentItem(item)
        assert "Six sigmoid neurons" in dialog.description.text()
        dialog.accept()

    QTimer.singleShot(50, choose)
    press(window, "examples")
    assert window.session.graph.name == "Worked example, neuron by neuron"
    assert window.session.path is None


def test_the_gallery_lists_the_examples_under_topics_that_cannot_be_chosen(window, qtbot):
    dialog = GalleryDialog(window)
    qtbot.addWidget(dialog)
    items = [dialog.list.item(row) for row in range(dialog.list.count())]
    headings = [item.text() for item in items if not item.flags() & Qt.ItemFlag.ItemIsSelectable]
    assert headings[0] == items[0].text() == "Gradients"
    assert "Published models" in headings
    assert len(items) == len(headings) + len(dialog.examples)
    qtbot.keyClick(dialog.list, Qt.Key.Key_End)
    assert dialog.chosen == dialog.examples[-1]
    assert dialog.description.text() == dialog.examples[-1].description
    above = items.index(next(item for item in items if item.text() == "Neurons"))
    dialog.list.setCurrentRow(above - 1)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.list.currentRow() == above + 1


def test_closing_waits_for_what_is_being_computed(window):
    ended = threading.Event()
    heard: list[object] = []

    def work() -> None:
        time.sleep(0.3)
        ended.set()

    window.tasks.start("work", work, heard.append, heard.append)
    window.tasks.close()
    assert ended.is_set()
    assert heard == []


def test_closing_while_training_asks_and_then_ends_the_thread(window, qtbot):
    window.session.open_document(small_digits(epochs=5000))
    press(window, "run")
    qtbot.waitUntil(lambda: window.control.state == "running", timeout=20_000)
    engine = window.control.engine
    answer(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.control.busy
    window.control.stop()
    assert engine.join(20)


def test_onnx_is_exported_through_the_dialog_with_the_trained_weights(window, qtbot, tmp_path, monkeypatch):
    window.session.open_document(small_digits())
    press(window, "run")
    qtbot.waitUntil(lambda: window.control.state == "finished", timeout=30_000)
    target = tmp_path / "net.onnx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    press(window, "export_onnx")
    dialog = window.exports.dialog
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=30_000)
    assert dialog.report.max_abs_difference < 1e-5
    assert "Largest difference from PyTorch" in dialog.text.text()
    session = onnxruntime.InferenceSession(str(target))
    assert session.run(None, {"x": numpy.zeros((3, 64), dtype=numpy.float32)})[0].shape == (3, 10)
    dialog.reject()


def test_a_failed_export_says_why_and_writes_nothing(window, qtbot, tmp_path, monkeypatch):
    target = tmp_path / "net.onnx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    press(window, "export_onnx")
    dialog = window.exports.dialog
    qtbot.waitUntil(lambda: dialog.heading.text() == "Nothing was exported", timeout=30_000)
    assert "empty" in dialog.text.text()
    assert not target.exists()
    dialog.reject()


def test_source_and_picture_are_exported_and_a_model_imported(window, qtbot, tmp_path, monkeypatch):
    window.session.open_document(small_digits())
    for action, name in (("export_source", "net.py"), ("export_picture", "net.png")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        press(window, action)
        assert (tmp_path / name).stat().st_size > 500
        assert name in window.messages.label.text()
    from compiler import export_onnx

    export_onnx(small_digits(), tmp_path / "net.onnx")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "net.onnx"), ""))
    window.session.undo_stack.setClean()
    press(window, "import_onnx")
    qtbot.waitUntil(lambda: window.session.graph.name == "chain" and "hidden.weight" in window.session.document.weights)


def test_saving_weights_with_the_document(window, qtbot, tmp_path):
    window.session.open_document(small_digits())
    press(window, "step")
    qtbot.waitUntil(lambda: bool(window.session.document.weights), timeout=20_000)
    save_document(window.session.document, tmp_path / "a.gradcanvas")
    assert Path(tmp_path / "a.gradcanvas").exists()
    assert "last.weight" in load_document(tmp_path / "a.gradcanvas").weights
