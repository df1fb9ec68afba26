"""Which example backpropagation shows, and what it says where there is none or the drawing has changed."""

from __future__ import annotations

import pytest

from app.panels.backpropagation.page_tabs import UPDATE
from app.training.gallery import open_example
from graph_model import Document
from tests.drawings import chain
from tests.window.backpropagation_hand import LEFT, open_panel, settle, words


def test_examples_are_turned_and_shown_with_their_image(window, qtbot):
    panel = open_panel(window, qtbot, open_example("digits_mlp"))
    first = panel.computing.trace.loss
    assert panel.chooser.image.isVisible()
    assert panel.chooser.count.text() == "of 1,438"
    qtbot.mouseClick(panel.chooser.next, LEFT)
    qtbot.waitUntil(lambda: panel.computing.trace.loss != first, timeout=20_000)
    assert panel.chooser.number.value() == 2
    assert f"wanted: class {panel.computing.trace.target}" in panel.chooser.answer.text()


def test_without_a_drawing_that_can_run_the_panel_says_what_to_do(window, qtbot):
    window.actions_table["show_backpropagation"].trigger()
    panel = window.tabs.backpropagation
    assert panel.invitation.text().startswith("Draw a network")
    window.session.open_document(Document(chain(("Input", "x", {"shape": [64]}), ("Linear", "h", {}))))
    window.session.live_check.settle()
    assert panel.invitation.isVisible()
    assert panel.invitation.text().startswith("The drawing cannot run yet. ")


def test_a_dataset_that_does_not_fit_is_said_and_own_numbers_are_offered(window, qtbot):
    layers = (("Input", "x", {"shape": [3]}), ("Linear", "h", {"out_features": 2}), ("Output", "y", {}))
    panel = open_panel(window, qtbot, Document(chain(*layers)))
    assert panel.chooser.is_typed
    panel.chooser.typed.values.setText("1, two")
    panel.chooser.typed.values.editingFinished.emit()
    assert "must be numbers separated by commas" in words(panel)
    panel.chooser.typed.values.setText("1, 2")
    panel.chooser.typed.values.editingFinished.emit()
    assert "The drawing takes 3 numbers; these are 2." in words(panel)
    large = (("Input", "x", {"shape": [100]}), ("Linear", "h", {"out_features": 10}), ("Output", "y", {}))
    window.session.open_document(Document(chain(*large)))
    window.session.live_check.settle()
    assert "A sample of 'Handwritten digits' has 64 numbers, but the drawing takes 100." in words(panel)


def test_a_run_that_rests_shows_its_example_and_what_its_optimizer_remembers(window, qtbot):
    document = open_example("vanishing_gradients")
    panel = open_panel(window, qtbot, document)
    window.actions_table["step"].trigger()
    qtbot.waitUntil(lambda: window.control.state == "paused" and window.control.position.step == 1, timeout=30_000)
    position = window.control.position
    qtbot.waitUntil(lambda: panel.chooser.index == position.examples[position.example], timeout=20_000)
    settle(panel, qtbot)
    window.session.select([window.session.graph.node_named("output").id])
    panel.tabs.setCurrentIndex(UPDATE)
    qtbot.waitUntil(lambda: "going on from the run" in panel.update_view.caption.text(), timeout=20_000)
    weight = panel.weights.several(1)[0]
    remembered = window.control.engine.published().optimizer_state[weight.name]["momentum_buffer"][weight.index]
    row = panel.update_view._content.rows_of(weight.name, weight.index)[0]
    expected = 0.9 * remembered + row.gradient
    assert row.internals["momentum_buffer"] == pytest.approx(expected, rel=1e-5)


def test_another_document_begins_with_its_first_example(window, qtbot):
    panel = open_panel(window, qtbot, open_example("xor_by_hand"))
    panel.chooser.show_example(7)
    settle(panel, qtbot)
    assert panel.chooser.index == 7
    window.open_example("worked_example_neurons")
    settle(panel, qtbot)
    assert panel.chooser.index == 0


def test_until_new_numbers_are_there_what_is_new_in_the_drawing_has_none(window, qtbot, monkeypatch):
    from app.session import unfolding

    failures = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, _: failures.append(error))
    panel = open_panel(window, qtbot, open_example("worked_example_layers"))
    session = window.session
    layer = next(node for node in session.graph.nodes() if node.kind == "Linear")
    session.select([layer.id])
    settle(panel, qtbot)
    panel.controls.last.click()
    for page in range(3):
        panel.show_page(page)
        for act in (unfolding.unfold_selected, unfolding.fold_selected):
            session.select(list(session.selection))
            act(session)
            window.canvas.grab()
        session.select(list(session.selection))
        settle(panel, qtbot)
        for _ in range(2):
            session.undo_stack.undo()
            window.canvas.grab()
        session.select([layer.id])
        settle(panel, qtbot)
    session.delete_selection()
    window.canvas.grab()
    assert failures == []
