"""Training by hand in the window: parts of a step, one example after the other, and back."""

from __future__ import annotations

import numpy
from PySide6.QtCore import Qt

from graph_model import Document, TrainingSettings
from tests.drawings import chain

PARTS = ("forward", "backward", "update")


def tiny_digits(**settings) -> Document:
    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": 8, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    return Document(graph, TrainingSettings(**{"epochs": 2, **settings}))


def possible(window) -> list[str]:
    """Which of the actions that go through training by hand are possible now."""
    window.actions_table.refresh()
    return [name for name in (*PARTS, "example", "back") if window.actions_table[name].isEnabled()]


def at_rest(window, step: int, phase: str = "ready", example: int = 0):
    """A condition: the run rests there, and the window has seen it."""

    def holds() -> bool:
        place = window.control.position
        if place is None or window.control.busy or window.control._position_seen is not place:
            return False
        return (place.step, place.phase, place.example) == (step, phase, example)

    return holds


def part(window, name: str) -> None:
    """Choose a part of a step from the menu of the button."""
    (action,) = (action for action in window.bar.parts.menu().actions() if action.objectName() == name)
    assert action.isEnabled(), name
    action.trigger()


def test_a_step_is_taken_in_parts_and_each_is_possible_in_its_turn(window, qtbot):
    window.session.open_document(tiny_digits())
    assert possible(window) == ["forward", "example"]
    part(window, "forward")
    qtbot.waitUntil(at_rest(window, 0, "forward"), timeout=20_000)
    assert "step 1: forward done" in window.bar.figures.text()
    assert possible(window) == ["backward", "example", "back"]
    before = window.session.document.weights["hidden.weight"]
    part(window, "backward")
    qtbot.waitUntil(at_rest(window, 0, "backward"))
    assert "step 1: backward done" in window.bar.figures.text()
    assert possible(window) == ["update", "example", "back"]
    assert numpy.array_equal(window.session.document.weights["hidden.weight"], before)
    part(window, "update")
    qtbot.waitUntil(at_rest(window, 1))
    assert "paused after step 1" in window.bar.figures.text()
    assert possible(window) == ["forward", "example", "back"]
    assert not numpy.array_equal(window.session.document.weights["hidden.weight"], before)


def test_parts_have_keys_and_nothing_is_asked_twice(window, qtbot):
    window.session.open_document(tiny_digits())
    window.activateWindow()
    for count, (key, phase, step) in enumerate(
        ((Qt.Key.Key_F6, "forward", 0), (Qt.Key.Key_F7, "backward", 0), (Qt.Key.Key_F8, "ready", 1))
    ):
        qtbot.keyClick(window, key)
        qtbot.keyClick(window, key)
        qtbot.waitUntil(at_rest(window, step, phase), timeout=20_000)
        assert not window.messages.isVisible(), count


def test_examples_are_looked_at_one_after_the_other(window, qtbot):
    window.session.open_document(tiny_digits(batch_size=4))
    for example in range(4):
        part(window, "example")
        qtbot.waitUntil(at_rest(window, 0, "ready", example), timeout=20_000)
    assert "step 1: example 4/4" in window.bar.figures.text()
    assert len(window.control.position.examples) == 4
    part(window, "example")
    qtbot.waitUntil(at_rest(window, 1))


def test_the_back_button_restores_weights_curves_and_the_chosen_step(window, qtbot):
    window.session.open_document(tiny_digits())
    kept = {}
    for step in range(1, 6):
        qtbot.mouseClick(window.bar.step, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(at_rest(window, step), timeout=20_000)
        kept[step] = window.session.document.weights["hidden.weight"]
    window.chosen.choose_row(4)
    assert "step 5" in window.canvas.drawing.picture.scale.caption
    for step in (4, 3):
        assert window.bar.back.isEnabled()
        qtbot.mouseClick(window.bar.back, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(at_rest(window, step))
        assert numpy.array_equal(window.session.document.weights["hidden.weight"], kept[step])
    assert window.control.recording.row_count() == 3
    assert window.chosen.row is None
    assert "step 3" in window.canvas.drawing.picture.scale.caption
    assert "paused after step 3" in window.bar.figures.text()
    gradients = window.tabs.live[0]
    assert gradients.slider.maximum() == 3


def test_back_to_the_start_empties_the_panels_and_can_go_no_further(window, qtbot):
    window.session.open_document(tiny_digits())
    assert not window.bar.back.isEnabled()
    qtbot.mouseClick(window.bar.step, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(at_rest(window, 1), timeout=20_000)
    qtbot.mouseClick(window.bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(at_rest(window, 0))
    assert not window.bar.back.isEnabled()
    assert "back" not in possible(window)
    assert not window.canvas.legend.isVisible()
    assert window.tabs.live[0].pages.currentIndex() == 0
    qtbot.mouseClick(window.bar.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.control.state == "finished", timeout=30_000)
    assert window.control.recording.row_count() == 30


def test_a_panel_draws_anew_when_as_many_other_steps_were_taken(window, qtbot):
    window.session.open_document(tiny_digits())
    window.tabs.setCurrentIndex(1)
    loss = window.tabs.live[1]
    for step in (1, 2):
        window.control.step()
        qtbot.waitUntil(at_rest(window, step), timeout=20_000)
    before = loss.items["train_loss"].getData()[1].tolist()
    window.control._timer.stop()
    window.control.engine.back(2)
    window.control.engine.set_learning_rate(5.0)
    window.control.engine.step()
    window.control.engine.step()
    qtbot.waitUntil(lambda: window.control.recording.column("learning_rate").tolist() == [5.0, 5.0])
    window.control.poll()
    after = loss.items["train_loss"].getData()[1].tolist()
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_while_training_runs_nothing_is_done_by_hand(window, qtbot):
    window.session.open_document(tiny_digits(epochs=5000))
    window.control.run()
    qtbot.waitUntil(lambda: window.control.state == "running" and window.bar.run.text() == "Pause", timeout=20_000)
    assert possible(window) == []
    assert not any(button.isEnabled() for button in (window.bar.back, window.bar.parts, window.bar.step))
    window.control.pause()
    qtbot.waitUntil(lambda: window.bar.back.isEnabled())
    assert possible(window) == ["forward", "example", "back"]
    window.control.stop()
    qtbot.waitUntil(lambda: window.control.state == "stopped" and not window.bar.back.isEnabled())
    assert possible(window) == ["forward", "example"]


def test_a_step_that_fails_twice_is_told_twice(window, qtbot):
    document = tiny_digits()
    document.weights = {"hidden.weight": numpy.full((8, 64), numpy.inf, dtype=numpy.float32)}
    window.session.open_document(document)
    told = []
    window.control.told.connect(lambda sentence, _: told.append(sentence))
    for count in (1, 2):
        window.control.step()
        qtbot.waitUntil(lambda count=count: len(told) == count, timeout=20_000)
    qtbot.wait(300)
    assert len(told) == 2
    assert "'hidden'" in told[0]


def test_the_bar_has_room_in_a_small_window(window):
    assert window.bar.minimumSizeHint().width() <= 1280
