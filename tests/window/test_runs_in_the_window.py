"""A run in the window: started, paused, ended by an edit, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest
from PySide6.QtCore import Qt

from app.window.run_bar import duration
from graph_model import Document
from graph_model.document import SetTraining
from tests.drawings import chain
from tests.window.window_hand import press, small_digits


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


@pytest.mark.parametrize(("seconds", "text"), [(9, "9 s"), (120, "2 min"), (7200, "2.0 h")])
def test_times_are_short(seconds, text):
    assert duration(seconds) == text


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
