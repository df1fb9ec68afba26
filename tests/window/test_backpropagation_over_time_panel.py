"""Backpropagation through time in the panel: a time step is chosen, and its numbers stand in the block and in words."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import Qt

from app.panels.backpropagation.figures import figure
from app.panels.backpropagation.page_tabs import NUDGE
from app.panels.backpropagation.panel import BackpropagationPanel
from app.training.gallery import open_example
from graph_model import Document, Graph, TrainingSettings
from graph_model.edits import Rename, SetParameters
from tests.block_drawings import between, naive_rnn
from tests.window.backpropagation_hand import annotations, open_panel, settle, words

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def rnn(window, qtbot) -> BackpropagationPanel:
    """The drawn RNN of the gallery, which says at each bit whether there were odd or even ones."""
    return open_panel(window, qtbot, open_example("naive_rnn"))


def place_of(window) -> str:
    return next(node.id for node in window.session.graph.nodes() if node.name == "RNN")


def lines(window, name: str) -> str:
    return "; ".join(annotations(window).lines(window.session.graph.node_named(name).id))


def name_of_kind(window, kind: str) -> str:
    return next(node.name for node in window.session.graph.nodes() if node.kind == kind)


def test_time_steps_are_offered_with_the_last_one_first(rnn):
    assert rnn.time.isVisible()
    assert rnn.time.title.text() == "RNN: time step"
    assert (rnn.time.number.value(), rnn.time.count.text()) == (10, "of 10")
    assert not rnn.time.backwards.isVisible()


def test_without_a_block_over_time_there_are_no_time_steps(window, qtbot):
    panel = open_panel(window, qtbot, open_example("worked_example_neurons"))
    assert not panel.time.isVisible()
    assert not panel.explanation.bars.isVisible()


def test_the_open_block_shows_the_numbers_of_the_chosen_time_step(rnn, window, qtbot):
    window.session.enter(place_of(window))
    delay = window.session.graph.node_named(name_of_kind(window, "Delay"))
    port = window.session.graph.node_named(name_of_kind(window, "BlockInput"))
    trace = rnn.computing.trace
    path = window.session.level.path
    for step in (0, 3, 9):
        rnn.time.number.setValue(step + 1)
        assert rnn.time.slider.value() == step + 1
        x = trace.at({place_of_path(path): step}).layer(path + port.id).output
        assert lines(window, port.name).startswith(f"x = {figure(float(x[0]))}")
    rnn.time.slider.setValue(1)
    assert lines(window, delay.name).startswith("|a| = 0;")


def place_of_path(path: str) -> str:
    return path.rstrip("/").removesuffix("/←")


def test_a_layer_inside_is_explained_with_its_weight_at_all_time_steps(rnn, window, qtbot):
    place = place_of(window)
    window.session.enter(place)
    layer = next(node for node in window.session.graph.nodes() if node.kind == "Linear")
    window.session.select([layer.id])
    qtbot.waitUntil(lambda: "Check:" in words(rnn), timeout=20_000)
    rnn.time.number.setValue(4)
    said = words(rnn)
    assert "Inside RNN: time step 4 of 10." in said
    assert "It is used at 10 time steps, and each adds its product." in said
    bars = rnn.explanation.bars
    weight = rnn.weights.of_layer(f"{place}/{layer.id}")
    shares = rnn.computing.trace.shares(f"{place}/{layer.id}", weight.name)[(slice(None), *weight.index)]
    assert bars.isVisible()
    numpy.testing.assert_allclose(bars.series.values, shares)
    assert numpy.abs(bars.heights()).max() == 1.0
    assert bars.series.chosen == 3
    check = rnn.computing._check
    assert check.finite_difference == pytest.approx(shares.sum(), abs=1e-6)


def test_a_click_on_a_bar_goes_to_its_time_step(rnn, window, qtbot):
    window.session.select([place_of(window)])
    bars = rnn.explanation.bars
    qtbot.mouseClick(bars, LEFT, pos=bars.bar(6).center().toPoint())
    assert rnn.time.number.value() == 7
    assert bars.series.chosen == 6


def test_the_block_shows_how_the_gradient_comes_back_through_time(rnn, window):
    window.session.select([place_of(window)])
    said = words(rnn)
    state = rnn.computing.trace.reading(place_of(window)).states[0]
    norms = numpy.linalg.norm(state.gradients, axis=1)
    numpy.testing.assert_allclose(rnn.explanation.bars.series.values, norms)
    assert rnn.explanation.bars.series.logarithmic
    assert f"‖∂l/∂h‖ at the last step read: {figure(norms[-1])}, at the first: {figure(norms[0])}" in said
    listed = said[said.index("time step\n") :]
    assert all(figure(norm) in listed for norm in norms)


def test_smaller_gradients_have_lower_bars_on_the_logarithmic_scale(window, qtbot):
    graph = Graph("vanishing")
    naive_rnn(graph, hidden=2)
    between(graph, [9, 1], ("@rnn", "cell", {"returns": "last"}))
    document = Document(graph)
    document.weights = {"cell/from_state.weight": numpy.array([[0.3, -0.2], [0.1, 0.3]], dtype="float32")}
    panel = open_panel(window, qtbot, document)
    window.session.select(["cell"])
    heights = panel.explanation.bars.heights()
    assert (numpy.diff(heights) > 0).all()
    assert heights[-1] == 1.0
    assert "times as large" in words(panel)


def test_the_other_direction_can_be_looked_at(window, qtbot):
    graph = Graph("both")
    naive_rnn(graph, hidden=2)
    between(graph, [3, 2], ("@rnn", "cell", {"over_time": "both", "returns": "last"}))
    panel = open_panel(window, qtbot, Document(graph))
    window.session.enter("cell")
    trace = panel.computing.trace
    squash = window.session.graph.node_named("squash").id
    assert panel.time.backwards.isVisible()
    panel.time.number.setValue(2)
    window.session.select([squash])
    assert "which reads from the end" not in words(panel)
    panel.time.backwards.click()
    assert "Inside cell, which reads from the end: time step 2 of 3." in words(panel)
    expected = trace.at({"cell": 1}).layer(f"cell/←/{squash}").output
    assert figure(float(expected[0]), 2) in lines(window, "squash")


def test_a_wire_of_a_neuron_inside_has_its_product_at_each_time_step(window, qtbot):
    from tests.training.test_backpropagation_over_time import neurons_over_time

    panel = open_panel(window, qtbot, neurons_over_time())
    window.session.enter("cell")
    graph = window.session.graph
    wire = next(wire for wire in graph.wires() if (wire.source, wire.target) == ("h", "unit"))
    window.session.select((), [wire.id])
    qtbot.waitUntil(lambda: "Check:" in words(panel), timeout=20_000)
    shares = panel.computing.trace.shares(f"cell/{wire.id}", f"cell/{wire.id}.weight")
    numpy.testing.assert_allclose(panel.explanation.bars.series.values, shares)
    panel.time.number.setValue(1)
    assert "Inside cell: time step 1 of 5." in words(panel)
    window.session.select([graph.node_named("unit").id])
    assert "time step 1 of 5" in words(panel)
    assert panel.explanation.bars.series.title == "∂l/∂b: what each time step adds"


def test_a_block_and_what_is_in_it_have_their_turn_together(rnn, window, qtbot):
    place = place_of(window)
    window.session.enter(place)
    qtbot.mouseClick(rnn.controls.next, LEFT)
    assert rnn.controls.phase.text() == "Forward · step 1 of 6: RNN, time step 1 of 10"
    port = name_of_kind(window, "BlockInput")
    assert "∂l/∂x" not in lines(window, port)
    assert lines(window, port).startswith("x = ")
    qtbot.mouseClick(rnn.controls.last, LEFT)
    assert "∂l/∂x" in lines(window, port)


def test_inside_an_open_block_one_goes_through_its_time_steps_and_back_from_the_last(rnn, window, qtbot):
    qtbot.mouseClick(rnn.controls.next, LEFT)
    assert rnn.controls.phase.text() == "Forward · step 1 of 6: RNN"
    window.session.enter(place_of(window))
    rnn.time.number.setValue(9)
    seen = []
    for _ in range(7):
        qtbot.mouseClick(rnn.controls.next, LEFT)
        seen.append((rnn.walk.index, rnn.time.number.value()))
    assert seen == [(0, 10), (1, 10), (2, 10), (3, 10), (4, 10), (4, 9), (4, 8)]
    assert rnn.controls.phase.text() == "Backward · step 5 of 6: RNN, time step 8 of 10"
    rnn.time.number.setValue(1)
    qtbot.mouseClick(rnn.controls.next, LEFT)
    assert rnn.controls.phase.text().startswith("Update")
    qtbot.mouseClick(rnn.controls.previous, LEFT)
    assert rnn.controls.phase.text() == "Backward · step 5 of 6: RNN, time step 1 of 10"
    qtbot.mouseClick(rnn.controls.previous, LEFT)
    assert rnn.time.number.value() == 2
    qtbot.mouseClick(rnn.controls.first, LEFT)
    assert (rnn.walk.index, rnn.time.number.value()) == (0, 1)
    assert not rnn.controls.previous.isEnabled()
    rnn.time.number.setValue(2)
    qtbot.mouseClick(rnn.controls.previous, LEFT)
    assert (rnn.walk.index, rnn.time.number.value()) == (0, 1)


def test_a_block_that_reads_from_the_end_goes_the_other_way_through_time(window, qtbot):
    graph = Graph("backward")
    naive_rnn(graph, hidden=2)
    between(graph, [3, 2], ("@rnn", "cell", {"over_time": "backward", "returns": "last"}))
    panel = open_panel(window, qtbot, Document(graph))
    window.session.enter("cell")
    seen = []
    for _ in range(7):
        qtbot.mouseClick(panel.controls.next, LEFT)
        seen.append((panel.walk.stage.kind, panel.time.number.value()))
    forward = [("forward", step) for step in (3, 2, 1)]
    assert seen == [*forward, ("loss", 1), *(("backward", step) for step in (1, 2, 3))]


def test_a_nudge_inside_is_seen_at_the_chosen_time_step(rnn, window, qtbot):
    place = place_of(window)
    window.session.enter(place)
    layer = next(node for node in window.session.graph.nodes() if node.kind == "Linear")
    window.session.select([layer.id])
    rnn.tabs.setCurrentIndex(NUDGE)
    qtbot.waitUntil(lambda: rnn.computing.nudge is not None, timeout=20_000)
    settle(rnn, qtbot)
    assert "Δa" in lines(window, layer.name)


def test_what_a_block_holds_at_first_is_spelled_out_where_it_is_learned(rnn, window, qtbot):
    window.session.select([place_of(window)])
    qtbot.waitUntil(lambda: "Check:" in words(rnn), timeout=20_000)
    weight = rnn.weights.of_layer(place_of(window))
    assert weight.name == f"{place_of(window)}.start_0"
    gradient = rnn.computing.trace.gradient(weight.name)[weight.index]
    assert f"= {figure(float(gradient))}" in words(rnn)
    assert rnn.computing._check.finite_difference == pytest.approx(gradient, abs=1e-6)


def test_edits_inside_an_open_block_are_followed(rnn, window, qtbot, monkeypatch):
    failures = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, _: failures.append(error))
    session, place = window.session, place_of(window)
    session.enter(place)
    squash = next(node for node in session.graph.nodes() if node.kind == "Tanh")
    session.select([squash.id])
    former = rnn.computing.trace
    session.apply(Rename(squash.id, "squashed"), "Rename")
    qtbot.waitUntil(lambda: rnn.computing.trace is not former, timeout=20_000)
    settle(rnn, qtbot)
    assert words(rnn).splitlines()[1].startswith("RNN/squashed")
    session.leave()
    session.apply(SetParameters(place, {"over_time": "both"}), "Change")
    qtbot.waitUntil(lambda: rnn.time.backwards.isVisible(), timeout=20_000)
    settle(rnn, qtbot)
    session.enter(place)
    rnn.time.backwards.click()
    session.select([squash.id])
    session.delete_selection()
    window.canvas.grab()
    qtbot.waitUntil(lambda: rnn.invitation.isVisible(), timeout=20_000)
    assert rnn.invitation.text().startswith("The drawing cannot run yet.")
    assert not rnn.time.isVisible()
    session.undo_stack.undo()
    settle(rnn, qtbot)
    assert failures == []


# What the answer is compared with


def test_a_class_at_each_time_step_is_wanted_answered_and_explained(rnn, window):
    target = rnn.computing.trace.target
    assert target.shape == (10,)
    assert "wanted: classes " in rnn.chooser.answer.text()
    said = words(rnn)
    assert "l = −Σt ln(confidence in the class wanted at time step t) / 10" in said
    assert f"= {figure(rnn.computing.trace.loss)}" in said


def test_numbers_are_wanted_where_the_dataset_has_numbers(window, qtbot):
    panel = open_panel(window, qtbot, open_example("adding_rnn"))
    trace = panel.computing.trace
    target, answer = float(trace.target.ravel()[0]), float(trace.output.ravel()[0])
    assert trace.loss == pytest.approx((answer - target) ** 2)
    assert f"wanted: {figure(target, 2)}" in panel.chooser.answer.text()
    assert "l = (" in words(panel)


def test_targets_of_each_form_can_be_typed(window, qtbot):
    graph = Graph("typed")
    naive_rnn(graph, hidden=3)
    between(graph, [3, 1], ("@rnn", "cell", {"over_time": "forward"}))
    panel = open_panel(window, qtbot, Document(graph))
    chooser = panel.chooser
    assert chooser.is_typed
    assert (chooser.typed.fields[0].line.text(), chooser.typed.fields[0].number.isVisible()) == ("0, 0, 0", False)
    chooser.typed.fields[0].line.setText("2, 0, 1")
    chooser.typed.fields[0].line.editingFinished.emit()
    settle(panel, qtbot)
    assert panel.computing.trace.target.tolist() == [2, 0, 1]
    chooser.typed.fields[0].line.setText("2, 0")
    chooser.typed.fields[0].line.editingFinished.emit()
    assert "compared with 3 classes, one for each time step; these are 2" in words(panel)
    document = Document(graph.copy(), TrainingSettings(loss="poisson_nll_loss"))
    panel = open_panel(window, qtbot, document)
    assert chooser.typed.fields[0].line.text().count("0") == 9
    settle(panel, qtbot)
    assert panel.computing.trace.target.dtype == numpy.float64
    assert "exp(y) − t y" in words(panel)
