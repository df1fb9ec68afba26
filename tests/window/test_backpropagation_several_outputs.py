"""A drawing with several Outputs in the backpropagation panel: each has a loss, and the way back begins at all."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest

from app.panels.backpropagation.figures import figure
from app.panels.backpropagation.page_tabs import NUDGE, UPDATE
from app.panels.backpropagation.panel import BackpropagationPanel
from app.training.gallery import open_example
from graph_model import Document, Graph
from graph_model.document import SetTraining
from tests.block_drawings import between, define
from tests.training.test_backpropagation_several_outputs import adding, two_heads
from tests.window.backpropagation_hand import lines, open_panel, settle, words


@pytest.fixture
def tasks(window, qtbot) -> BackpropagationPanel:
    """The network of the gallery that says which digit it is and whether that has a loop."""
    return open_panel(window, qtbot, open_example("two_tasks"))


def test_the_loss_of_each_output_and_their_sum_are_spelled_out(tasks, window):
    trace, text = tasks.computing.trace, words(tasks)
    digit, loop = trace.ends
    assert "The loss  of 2 Outputs together" in text
    assert f"= {figure(digit.loss)} + {figure(loop.loss)} = {figure(trace.loss)}" in text
    assert "digit: cross-entropy" in text
    assert "Its weight is 1: the way back begins here" in text
    said = tasks.chooser.answer.text()
    assert f"digit: {digit.answer.argmax()}, wanted: {digit.target}" in said
    names = tasks.chooser.examples.dataset.kind.targets[1].class_names
    assert f"loop: {names[loop.answer.argmax()]}, wanted: {names[loop.target]}" in said
    assert f"loss l = {figure(digit.loss)} + {figure(loop.loss)} = {figure(trace.loss)}" in said
    assert f"loss = {figure(digit.loss, 3)}" in lines(window, "digit")


def test_a_selected_output_says_what_it_adds_with_its_weight_as_a_factor(window, qtbot):
    panel = open_panel(window, qtbot, open_example("u_net"))
    window.session.select([window.session.graph.node_named("image out").id])
    image = panel.computing.trace.end(window.session.graph.node_named("image out").id)
    text = words(panel)
    assert "image out  Output, mean squared error, weight 20" in text
    assert f"= Σ (y − t)² / 64 = {figure(image.loss)}" in text
    first = float(image.gradient.ravel()[0])
    assert f"= 20 · ({figure(first)}, " in text
    assert f" = ({figure(20 * first)}, " in text
    assert f"loss = 20 · {figure(image.loss, 2)}" in lines(window, "image out")


def test_before_its_loss_is_known_a_selected_output_keeps_it_back(tasks, window):
    window.session.select([window.session.graph.node_named("loop").id])
    tasks.controls.first.click()
    assert "The way back begins" not in words(tasks)


def test_all_losses_are_one_step_and_then_comes_the_way_back(tasks):
    tasks.walk.go(next(number for number, stage in enumerate(tasks.walk.stages) if stage.kind == "loss"))
    tasks.controls.show_place()
    assert tasks.controls.phase.text().endswith("Cross-entropy of digit, Cross-entropy of loop")


def test_a_target_is_typed_for_each_output(window, qtbot):
    panel = open_panel(window, qtbot, two_heads(loss="poisson_nll_loss", loss_weight=0.5))
    typed = panel.chooser.typed
    assert panel.chooser.is_typed
    assert [field.word.text() for field in typed.fields] == ["which: class", "where: t ="]
    typed.fields[0].number.setValue(1)
    typed.fields[1].line.setText("0.5, 2")
    typed.fields[1].line.editingFinished.emit()
    settle(panel, qtbot)
    which, where = panel.computing.trace.ends
    assert which.target == 1
    numpy.testing.assert_array_equal(where.target, [0.5, 2])
    typed.fields[1].line.setText("0.5")
    typed.fields[1].line.editingFinished.emit()
    assert "The answer is compared with 2 numbers; these are 1." in words(panel)


def test_with_several_outputs_updates_and_nudges_are_shown(tasks, window, qtbot):
    window.session.select([window.session.graph.node_named("shared features").id])
    tasks.show_page(UPDATE)
    qtbot.waitUntil(lambda: tasks.update_view._content is not None, timeout=20_000)
    tasks.show_page(NUDGE)
    qtbot.waitUntil(lambda: tasks.computing.nudge is not None, timeout=20_000)
    assert {"digit", "loop"} == {end.name for end in tasks.computing.nudge.after.ends}


def test_the_way_back_goes_through_as_many_time_steps_as_the_data_have(window, qtbot):
    panel = open_panel(window, qtbot, adding(5, steps=9))
    assert not panel.chooser.is_typed
    assert panel.time.count.text() == "of 9"
    settings = window.session.document.training
    shorter = replace(settings, dataset_options={"steps": 7, "samples": 20})
    window.session.apply(SetTraining(shorter), "Shorter sequences")
    qtbot.waitUntil(lambda: panel.time.count.text() == "of 7", timeout=20_000)


def test_wires_of_neurons_in_a_place_that_shares_its_weights_can_be_chosen(window, qtbot):
    graph = Graph("shared")
    body = define(graph, "unit")
    x, delay = body.add("BlockInput", name="x"), body.add("Delay", name="h", shape=[1])
    unit = body.add("Neuron", name="unit", activation="Tanh")
    body.connect(x, unit, weight=0.5, element=0)
    state = body.connect(delay, unit, weight=0.8, element=0)
    body.connect(unit, delay)
    body.connect(unit, body.add("BlockOutput", name="y"))
    cells = [("@unit", name, {"over_time": "forward", "weights": "same"}) for name in ("one", "two")]
    between(graph, [4, 1], *cells, ("Flatten", "flat", {}))
    panel = open_panel(window, qtbot, Document(graph))
    window.session.enter("two")
    window.session.select((), [state.id])
    assert [weight.name for weight in panel.weights.several(5)] == [f"@unit=same/{state.id}.weight"]
    window.session.select([unit.id])
    chosen = [weight.name for weight in panel.weights.several(5)]
    assert chosen[-1] == f"@unit=same/{unit.id}.bias"
    assert len(chosen) == 3
    panel.show_page(UPDATE)
    qtbot.waitUntil(lambda: panel.update_view._content is not None, timeout=20_000)
    assert [panel.sight.title_of(weight) for weight in panel.weights.several(5)] == [
        "one/x[0] → one/unit",
        "one/h[0] → one/unit",
        "b of one/unit",
    ]
    panel.show_page(NUDGE)
    qtbot.waitUntil(lambda: panel.computing.nudge is not None, timeout=20_000)
    assert panel.computing.nudge.name == chosen[0]
