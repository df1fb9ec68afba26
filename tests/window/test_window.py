"""The main window, used as a person uses it: actions, keys, mouse."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy
import onnxruntime
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.inspector.document_page import DocumentPage
from app.inspector.node_page import NodePage
from app.inspector.wire_page import WirePage
from app.window.gallery_dialog import GalleryDialog
from app.window.run_bar import duration
from graph_model import Document, load_document, save_document
from graph_model.document import SetTraining
from tests.drawings import chain, worked_example


def press(window, action: str) -> None:
    window.actions_table.refresh()
    assert window.actions_table[action].isEnabled(), action
    window.actions_table[action].trigger()


def small_digits(epochs: int = 2) -> Document:
    from graph_model import TrainingSettings

    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": 8, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    return Document(graph, TrainingSettings(epochs=epochs))


def answer(button: QMessageBox.StandardButton) -> None:
    """Press a button of the question that is about to come."""

    def find() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QMessageBox) and widget.isVisible():
                widget.button(button).click()
                return
        QTimer.singleShot(20, find)

    QTimer.singleShot(20, find)


# Running


def test_a_run_goes_to_the_end_colours_the_drawing_and_keeps_weights(window, qtbot):
    window.session.open_document(small_digits())
    qtbot.mouseClick(window.bar.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.control.state == "finished", timeout=30_000)
    qtbot.waitUntil(lambda: "hidden.weight" in window.session.document.weights)
    assert window.canvas.legend.isVisible()
    assert "step 30" in window.canvas.drawing.picture.scale.caption
    assert window.session.dirty
    assert window.bar.progress.value() == window.bar.progress.maximum() == 30
    assert "validation accuracy" in window.status.accuracy.text()


def test_pause_resume_step_epoch_and_stop(window, qtbot):
    window.session.open_document(small_digits(epochs=5000))
    press(window, "run")
    qtbot.waitUntil(lambda: window.bar.run.text() == "Pause", timeout=20_000)
    qtbot.waitUntil(lambda: window.control.state == "running", timeout=20_000)
    assert not window.bar.step.isEnabled()
    press(window, "run")
    qtbot.waitUntil(lambda: window.bar.run.text() == "Resume", timeout=10_000)
    step = window.control.progress().step
    press(window, "step")
    qtbot.waitUntil(lambda: window.control.progress().step == step + 1 and window.control.state == "paused")
    press(window, "epoch")
    qtbot.waitUntil(lambda: window.control.progress().step % 15 == 0 and window.control.state == "paused")
    press(window, "run")
    qtbot.waitUntil(lambda: window.control.state == "running")
    press(window, "stop")
    qtbot.waitUntil(lambda: window.bar.run.text() == "Run", timeout=10_000)
    assert window.control.recording is not None


def test_reset_forgets_what_was_learned(window, qtbot):
    document = small_digits()
    document.weights = {"last.bias": numpy.ones(10, dtype=numpy.float32)}
    window.session.open_document(document)
    press(window, "step")
    qtbot.waitUntil(lambda: "hidden.weight" in window.session.document.weights, timeout=20_000)
    press(window, "reset")
    assert list(window.session.document.weights) == ["last.bias"]
    assert not window.canvas.legend.isVisible()
    assert window.control.recording is None


def test_what_cannot_run_is_said_in_the_problems_panel(window, qtbot):
    window.session.open_document(
        Document(chain(("Input", "x", {"shape": [3]}), ("Linear", "h", {}), ("Output", "y", {})))
    )
    press(window, "run")
    assert window.control.engine is None
    assert window.tabs.currentWidget() is window.tabs.problems
    messages = [problem.message for problem in window.tabs.problems.problems]
    assert any("Input 'x' takes 3 numbers" in message for message in messages)


def test_changing_the_structure_ends_the_run_with_a_notice(window, qtbot):
    window.session.open_document(small_digits(epochs=5000))
    press(window, "run")
    qtbot.waitUntil(lambda: window.control.state == "running", timeout=20_000)
    window.session.select([window.session.graph.node_named("hidden").id])
    window.inspector.page.form.fields["out_features"].offer(12)
    assert window.control.engine is None
    assert window.messages.isVisible()
    assert "the run has ended" in window.messages.label.text()


def test_the_learning_rate_changes_a_run_without_ending_it(window, qtbot):
    window.session.open_document(small_digits(epochs=5000))
    press(window, "run")
    qtbot.waitUntil(lambda: window.control.state == "running", timeout=20_000)
    field = window.inspector.page.general.fields["learning_rate"]
    field.editor.setText("0.0123")
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: recorded_rate(window) == pytest.approx(0.0123))
    assert window.control.busy
    assert window.session.document.training.learning_rate == pytest.approx(0.0123)


def recorded_rate(window) -> float:
    recording = window.control.recording
    if recording is None or recording.row_count() == 0:
        return 0.0
    return float(recording.column("learning_rate")[-1])


def test_numbers_that_fail_are_told_across_the_window(window, qtbot):
    document = small_digits(epochs=50)
    document.weights = {"hidden.weight": numpy.full((8, 64), numpy.inf, dtype=numpy.float32)}
    window.session.open_document(document)
    press(window, "run")
    qtbot.waitUntil(lambda: window.messages.isVisible(), timeout=20_000)
    assert "'hidden'" in window.messages.label.text()


# Documents


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


# Exporting


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


# Palette and inspector


def test_a_chain_is_built_by_double_clicks_in_the_palette(window):
    for kind in ("Input", "Linear", "Linear", "Output"):
        window.palette.tree.itemActivated.emit(window.palette.items[kind], 0)
    graph = window.session.graph
    assert [node.kind for node in graph.topological_order()] == ["Input", "Linear", "Linear", "Output"]
    assert len(graph.wires()) == 3
    window.session.live_check.settle()
    assert window.session.problems == []


def test_the_palette_is_searched_and_enter_places_the_first_match(window, qtbot):
    press(window, "find_in_palette")
    qtbot.keyClicks(window.palette.search, "batchnorm2")
    assert [name for name, item in window.palette.items.items() if not item.isHidden()] == ["BatchNorm2d"]
    qtbot.keyClick(window.palette.search, Qt.Key.Key_Return)
    assert [node.kind for node in window.session.graph.nodes()] == ["BatchNorm2d"]


def test_the_inspector_edits_refuses_with_the_reason_and_follows_undo(window, qtbot):
    window.session.open_document(small_digits())
    node = window.session.graph.node_named("hidden")
    window.session.select([node.id])
    page = window.inspector.page
    assert isinstance(page, NodePage)
    spin = page.form.fields["out_features"].editor
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "24")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert window.session.graph.node(node).parameters["out_features"] == 24
    page = window.inspector.page
    page.form.fields["out_features"].offer(-1)
    assert "at least 1" in page.form.fields["out_features"].reason.text()
    assert window.session.graph.node(node).parameters["out_features"] == 24
    press(window, "undo")
    assert page.form.fields["out_features"].editor.value() == 8


def test_irrelevant_parameters_are_hidden(window):
    window.session.open_document(small_digits())
    window.session.select([window.session.graph.node_named("hidden").id])
    form = window.inspector.page.form
    assert form.fields["weight_init_std"].isHidden()
    form.fields["weight_init"].offer("normal")
    assert not window.inspector.page.form.fields["weight_init_std"].isHidden()


def test_a_wire_to_a_neuron_has_its_weight_edited(window):
    window.session.open_document(Document(worked_example()))
    wire = window.session.graph.wires()[0]
    window.session.select((), [wire.id])
    page = window.inspector.page
    assert isinstance(page, WirePage)
    page.fields["weight"].editor.setText("0.75")
    page.fields["weight"].editor.editingFinished.emit()
    assert window.session.graph.wire(wire).weight == 0.75


def test_with_nothing_selected_the_document_is_edited(window):
    window.session.open_document(small_digits())
    page = window.inspector.page
    assert isinstance(page, DocumentPage)
    page.general.fields["optimizer"].offer("Adam")
    training = window.session.document.training
    assert (training.optimizer, training.learning_rate) == ("Adam", 0.001)
    page = window.inspector.page
    assert "betas" in page._options["optimizer_options"][1].fields
    press(window, "undo")
    assert window.session.document.training.optimizer == "SGD"


# Actions, themes, problems


def test_every_action_has_words_and_shortcuts_are_used_once(window):
    seen: dict[str, str] = {}
    for identifier, spec in window.actions_table.specs.items():
        assert spec.text.strip()
        assert spec.meaning.strip(), identifier
        for sequence in window.actions_table[identifier].shortcuts():
            key = sequence.toString()
            assert key not in seen, f"{key}: {identifier} and {seen.get(key)}"
            seen[key] = identifier


def test_every_action_stands_in_a_menu(window):
    listed = {action.objectName() for menu in window.menuBar().actions() for action in menu.menu().actions()}
    assert set(window.actions_table.specs) <= listed


def test_a_command_is_found_by_typing(window, qtbot):
    from app.actions.search import CommandSearch

    search = CommandSearch(window.actions_table, window)
    qtbot.keyClicks(search.field, "zoom fit")
    assert search.results.count() == 1
    window.session.open_document(small_digits())
    search.field.setText("select all")
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    assert len(window.session.selection) == 4


def test_the_theme_changes_live_and_is_remembered(window):
    press(window, "theme_dark")
    assert window.theme_source.theme.dark
    assert QApplication.instance().palette().window().color().lightness() < 60
    assert window.settings.theme_mode == "dark"
    press(window, "theme_light")
    assert not window.theme_source.theme.dark


def test_a_problem_is_mended_by_its_button(window):
    graph = chain(("Input", "image", {"shape": [1, 8, 8]}), ("Linear", "h", {"out_features": 10}), ("Output", "y", {}))
    window.session.open_document(Document(graph))
    panel = window.tabs.problems
    assert window.status.problems.text() == "1 problem"
    from PySide6.QtWidgets import QPushButton

    from app.panels.problems_panel import ProblemRow

    (row,) = panel.widget().findChildren(ProblemRow)
    row.findChildren(QPushButton)[0].click()
    window.session.live_check.settle()
    assert window.status.problems.text() == "no problems"


def test_copy_and_paste_between_documents(window):
    window.session.open_document(small_digits())
    press(window, "select_all")
    press(window, "copy")
    window.session.open_document(Document())
    press(window, "paste")
    assert len(window.session.graph.nodes()) == 4
    assert len(window.session.graph.wires()) == 3


@pytest.mark.parametrize(("seconds", "text"), [(9, "9 s"), (120, "2 min"), (7200, "2.0 h")])
def test_times_are_short(seconds, text):
    assert duration(seconds) == text


def test_saving_weights_with_the_document(window, qtbot, tmp_path):
    window.session.open_document(small_digits())
    press(window, "step")
    qtbot.waitUntil(lambda: bool(window.session.document.weights), timeout=20_000)
    save_document(window.session.document, tmp_path / "a.gradcanvas")
    assert Path(tmp_path / "a.gradcanvas").exists()
    assert "last.weight" in load_document(tmp_path / "a.gradcanvas").weights


def test_a_node_deleted_amid_a_run_is_gone_from_the_canvas_before_the_end_of_the_run_is_said(
    window, qtbot, monkeypatch
):
    failures = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, _: failures.append(error))
    window.open_example("xor_by_hand")
    qtbot.waitUntil(lambda: bool(window.session.shapes), timeout=20_000)
    window.control.told.connect(lambda *_: window.canvas.grab())
    endless = replace(window.session.document.training, epochs=1_000_000)
    window.session.apply(SetTraining(endless), "Train for longer")
    window.control.run()
    neuron = next(node.id for node in window.session.graph.nodes() if node.kind == "Neuron")
    window.session.select([neuron])
    window.session.delete_selection()
    assert "the run has ended" in window.messages.label.text()
    assert failures == []
