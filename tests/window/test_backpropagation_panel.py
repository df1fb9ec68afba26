"""Backpropagation in words: a neuron, a wire, a layer, a gate, an update and a nudge are spelled out."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import QPoint, Qt

from app.panels.backpropagation.figures import factor, figure
from app.panels.backpropagation.page_tabs import NUDGE, UPDATE
from app.training.backpropagation import trace_example
from app.training.gallery import open_example
from graph_model import Document, Graph, TrainingSettings
from tests.drawings import chain
from tests.window.backpropagation_hand import LEFT, lines, open_panel, settle, type_example, wire_between, words
from tests.window.canvas_hand import Hand

pytest_plugins = ("tests.window.backpropagation_fixtures",)


def test_a_neuron_is_spelled_out_forwards_and_backwards(worked, window, qtbot):
    Hand(window.canvas).click(window.session.graph.node_named("b1").position)
    settle(worked, qtbot)
    text = words(worked)
    assert "2·0.982 + (−1)·0.119 + 0 = 1.84" in text
    assert "a = σ(z) = σ(1.84) = 0.864" in text
    numbers = worked.computing.trace.neuron(window.session.graph.node_named("b1").id)
    assert "∂l/∂z = σ′(z) · ∂l/∂a" in text
    assert f"= {factor(numbers.slope)} · {factor(numbers.upstream)} = {figure(numbers.delta)}" in text


def test_before_its_turn_a_neuron_keeps_its_gradient_back(worked, window, qtbot):
    qtbot.mouseClick(worked.controls.next, LEFT)
    window.session.select([window.session.graph.node_named("c1").id])
    assert worked.controls.phase.text() == "Forward · step 3 of 8: c1, c2"
    assert "computed on the way back" in words(worked)
    assert "∂l/∂a" not in words(worked)


def test_clicking_a_wire_explains_its_product_with_check_and_update(worked, window, qtbot):
    wire = wire_between(window, "a1", "b1")
    hand = Hand(window.canvas)
    layout, row = window.canvas.drawing.geometry.layout, window.canvas.drawing.geometry.wires.row_of[wire]
    hand.click((float(layout.x1[row] + layout.x2[row]) / 2, float(layout.y1[row])))
    assert window.session.selected_wires == {wire}
    qtbot.waitUntil(lambda: "Check:" in words(worked), timeout=20_000)
    numbers, text = worked.computing.trace.wire(wire), words(worked)
    assert "x of a1 = 0.982" in text
    assert "∂l/∂w = x · ∂l/∂z = 0.982 · " in text
    known = worked.computing._check
    assert known.finite_difference == pytest.approx(numbers.gradient, abs=1e-6)
    assert f"Update: w ← {known.update.formula}" in text


def test_a_link_in_the_words_jumps_to_the_neuron(worked, window, qtbot):
    graph = window.session.graph
    window.session.select([graph.node_named("b1").id])
    worked.explanation.text.anchorClicked.emit(f"node:{graph.node_named('c2').id}")
    assert window.session.selection == {graph.node_named("c2").id}
    assert words(worked).startswith("c2")


def test_the_update_is_the_table_of_the_lectures(worked, window, qtbot):
    wire = wire_between(window, "b1", "c1")
    window.session.select((), [wire])
    worked.tabs.setCurrentIndex(UPDATE)
    qtbot.waitUntil(lambda: worked.update_view.table.rowCount() == 1, timeout=20_000)
    table = worked.update_view.table
    headers = [table.horizontalHeaderItem(column).text() for column in range(table.columnCount())]
    assert headers == ["weight", "w⁰", "∂L/∂w", "w¹", "∂L/∂w", "w²", "∂L/∂w", "w³"]
    gradient = float(worked.computing.trace.wire(wire).gradient)
    assert table.item(0, 0).text() == "b1 → c1"
    assert table.item(0, 1).text() == "3"
    assert f"{3 - 0.5 * gradient:.2f}" == table.item(0, 3).text()
    assert worked.update_view.formula.text().startswith("Step 1, b1 → c1: w ← 3 − 0.5 · ")
    worked.update_view.steps.setValue(1)
    qtbot.waitUntil(lambda: table.columnCount() == 4, timeout=20_000)


def test_momentum_and_second_moment_are_shown_on_demand(window, qtbot):
    document = open_example("worked_example_neurons")
    document.training = TrainingSettings(dataset="xor", loss="mean_squared_error", optimizer="Adam", learning_rate=0.1)
    panel = open_panel(window, qtbot, document)
    panel.tabs.setCurrentIndex(UPDATE)
    qtbot.waitUntil(lambda: panel.update_view.table.rowCount() == 12, timeout=20_000)
    qtbot.mouseClick(panel.update_view.internals, LEFT, pos=QPoint(8, panel.update_view.internals.height() // 2))
    table = panel.update_view.table
    headers = [table.horizontalHeaderItem(column).text() for column in range(table.columnCount())]
    assert {"m", "v", "m̂", "v̂", "Δw"} <= set(headers)


def test_a_nudge_is_seen_at_every_neuron_and_in_the_loss(worked, window, qtbot):
    wire = wire_between(window, "a1", "b1")
    window.session.select((), [wire])
    window.actions_table["nudge"].trigger()
    assert worked.tabs.currentIndex() == NUDGE
    worked.nudge_view.change.setValue(0.5)
    qtbot.waitUntil(lambda: worked.computing.nudge is not None and worked.computing.nudge.change == 0.5, timeout=20_000)
    nudge = worked.computing.nudge
    example, changed = numpy.array([1.0, -1.0]), {f"{wire}.weight": numpy.array(2.5)}
    after = trace_example(window.session.document, example, 0, weights=changed)
    assert nudge.loss_change == pytest.approx(after.loss - worked.computing.trace.loss, abs=1e-12)
    assert "Δa = " in lines(window, "b1")
    assert lines(window, "b2") == ""
    assert window.canvas.legend.isVisible()
    assert worked.nudge_view.title.text() == "Nudge the weight <b>a1 → b1</b>"
    assert worked.nudge_view.sentence.text().startswith("A change of 0.5 here changes column 2 by ")
    assert "∂l/∂w · Δw foretells" in worked.nudge_view.loss.text()


def test_a_nudge_near_the_input_of_ten_sigmoid_layers_dies_out(window, qtbot):
    panel = open_panel(window, qtbot, open_example("vanishing_gradients"))
    window.session.select([window.session.graph.node_named("hidden 1").id])
    panel.tabs.setCurrentIndex(NUDGE)
    qtbot.waitUntil(lambda: panel.computing.nudge is not None, timeout=20_000)
    assert "On its way it has all but died out." in panel.nudge_view.sentence.text()
    sizes = [stage.root_mean_square for stage in panel.computing.nudge.stages]
    assert sizes[-1] < 1e-5 * sizes[0]


def test_a_layer_is_explained_with_one_of_its_weights(window, qtbot):
    panel = open_panel(window, qtbot, open_example("digits_convolution"))
    window.session.select([window.session.graph.node_named("edges").id])
    qtbot.waitUntil(lambda: "Check:" in words(panel), timeout=20_000)
    assert "It is used at 64 places" in words(panel)
    assert panel.explanation.maps.isVisible()
    weights = panel.explanation.maps.weights
    qtbot.mouseClick(weights, LEFT, pos=weights.square(2, 4))
    assert "edges weight[2, 0, 1, 1]" in words(panel)
    assert panel.explanation.maps.row.value() == 2
    numbers = panel.computing.trace.weight("edges", "weight", (2, 0, 1, 1))
    assert sum(term.product for term in numbers.terms) == pytest.approx(numbers.gradient)


def test_a_weight_that_is_used_through_time_has_one_term_for_each_step(window, qtbot):
    layers = (
        ("Input", "x", {"shape": [4, 2]}),
        ("Linear", "each", {"out_features": 3, "activation": "Tanh"}),
        ("Flatten", "flat", {}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    panel = open_panel(window, qtbot, Document(chain(*layers)))
    assert panel.chooser.is_typed
    window.session.select([window.session.graph.node_named("each").id])
    qtbot.waitUntil(lambda: "Check:" in words(panel), timeout=20_000)
    assert "It is used at 4 time steps, and each adds its product." in words(panel)


def test_a_weight_of_a_gate_names_its_gate_and_lists_all_time_steps(window, qtbot):
    layers = (
        ("Input", "x", {"shape": [4, 2]}),
        ("LSTM", "reader", {"hidden_size": 3}),
        ("Flatten", "flat", {}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    panel = open_panel(window, qtbot, Document(chain(*layers)))
    window.session.select([window.session.graph.node_named("reader").id])
    qtbot.waitUntil(lambda: "Check:" in words(panel), timeout=20_000)
    maps = panel.explanation.maps
    maps.parameter.setFocus()
    qtbot.keyClick(maps.parameter, Qt.Key.Key_Down)
    assert maps.parameter.currentText() == "weight_hh_l0"
    maps.row.setValue(4)
    maps.column.setValue(2)
    qtbot.waitUntil(lambda: "reader weight_hh_l0[4, 2]" in words(panel), timeout=20_000)
    said = words(panel)
    assert "It belongs to the forget gate of unit 1, which decides how much of the memory is kept." in said
    assert "what unit 2 gave one step before" in said
    numbers = panel.computing.trace.weight("reader", "weight_hh_l0", (4, 2))
    largest = max(numbers.terms, key=lambda term: abs(term.product)).place[0] + 1
    assert f"each adds its product; time step {largest} adds most." in said
    listed = said[said.index("time step\n") :]
    assert all(figure(term.product) in listed for term in numbers.terms)
    assert panel.explanation.bars.series.values.tolist() == [term.product for term in numbers.terms]


def test_scalar_inputs_maxout_groups_and_ties_are_spelled_out(window, qtbot):
    graph = Graph("maxout")
    x, y = graph.add("ScalarInput", name="x"), graph.add("ScalarInput", name="y")
    pieces = [graph.add("Neuron", name=f"p{index}", bias=0.5 * index, activation="Identity") for index in range(2)]
    for piece in pieces:
        graph.connect(x, piece, weight=2.0, tie="shared")
        graph.connect(y, piece, weight=-1.0)
    largest, other = graph.add("MaxoutGroup", name="largest"), graph.add("Neuron", name="other")
    for piece in pieces:
        graph.connect(piece, largest)
    graph.connect(x, other, weight=1.0)
    answer = graph.add("Output", name="answer")
    graph.connect(largest, answer)
    graph.connect(other, answer)
    panel = open_panel(window, qtbot, Document(graph, TrainingSettings(dataset="xor", loss="mean_squared_error")))
    type_example(panel, qtbot, "1, -1")
    assert lines(window, "x").startswith("1")
    assert lines(window, "largest").startswith("a = 3.5")
    window.session.select([graph.node_named("largest").id])
    assert "a = max(3, 3.5) = 3.5" in words(panel)
    window.session.select((), [wire_between(window, "x", "p1")])
    qtbot.waitUntil(lambda: "Check:" in words(panel), timeout=20_000)
    assert "shares its weight with all wires tied as 'shared'" in words(panel)
    assert "over all wires that share w: ∂l/∂w = " in words(panel)
