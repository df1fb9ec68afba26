"""Backpropagation of one example: the lectures' numbers on the canvas, step by step, in words, updated and nudged."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import QPoint, Qt

from app.canvas.hit import Hit, Part
from app.panels.backpropagation.figures import factor, figure
from app.panels.backpropagation.page_tabs import EXPLAIN, NUDGE, UPDATE
from app.panels.backpropagation.panel import BackpropagationPanel
from app.panels.backpropagation.walk import Walk
from app.training.backpropagation import trace_example
from app.training.gallery import open_example
from graph_model import Document, Graph, TrainingSettings
from graph_model.edits import SetWire
from tests.drawings import chain
from tests.window.canvas_hand import Hand

LEFT = Qt.MouseButton.LeftButton


def open_panel(window, qtbot, document: Document) -> BackpropagationPanel:
    window.session.open_document(document)
    window.session.live_check.settle()
    window.actions_table["show_backpropagation"].trigger()
    panel = window.tabs.backpropagation
    settle(panel, qtbot)
    return panel


def settle(panel: BackpropagationPanel, qtbot) -> None:
    qtbot.waitUntil(lambda: panel.computing.trace is not None and not panel.computing.busy, timeout=20_000)


def type_example(panel: BackpropagationPanel, qtbot, text: str, target: int = 0) -> None:
    """Choose own numbers and type them, as a person does."""
    panel.chooser.mode.setFocus()
    qtbot.keyClick(panel.chooser.mode, Qt.Key.Key_Down)
    panel.chooser.values.setFocus()
    panel.chooser.values.selectAll()
    qtbot.keyClicks(panel.chooser.values, text)
    qtbot.keyClick(panel.chooser.values, Qt.Key.Key_Return)
    panel.chooser.target.setValue(target)
    settle(panel, qtbot)


def annotations(window):
    return window.canvas.drawing.picture.annotated.annotations


def lines(window, name: str) -> str:
    return "; ".join(annotations(window).lines(window.session.graph.node_named(name).id))


def words(panel: BackpropagationPanel) -> str:
    return panel.explanation.text.toPlainText().replace("\u00a0", " ")


def wire_between(window, source: str, target: str) -> str:
    graph = window.session.graph
    ends = graph.node_named(source).id, graph.node_named(target).id
    return next(wire.id for wire in graph.wires() if (wire.source, wire.target) == ends)


@pytest.fixture
def worked(window, qtbot) -> BackpropagationPanel:
    """The worked example of the lectures with x = (1, −1)."""
    panel = open_panel(window, qtbot, open_example("worked_example_neurons"))
    type_example(panel, qtbot, "1, -1")
    return panel


def test_the_worked_example_shows_the_lectures_numbers_on_the_canvas(worked, window):
    shown = {name: lines(window, name) for name in ("a1", "a2", "b1", "b2", "c1", "c2")}
    for (name, text), a in zip(shown.items(), (0.98, 0.12, 0.86, 0.11, 0.62, 0.83), strict=True):
        assert f"a = {a}" in text, name
        assert "∂l/∂z = " in text
    assert "z = 4 " in shown["a1"]
    assert "y = (0.62, 0.83)" in lines(window, "y")
    assert "answer y = (0.62, 0.83)" in worked.chooser.answer.text()


def test_one_goes_forwards_stage_by_stage_then_to_the_loss_and_back(worked, window, qtbot):
    graph, controls = window.session.graph, worked.controls
    seen = []
    for _ in range(8):
        qtbot.mouseClick(controls.next, LEFT)
        current = sorted(graph.node(node).name for node in annotations(window).current_nodes)
        seen.append((controls.phase.text().partition(" ")[0], current))
    assert seen == [
        ("Forward", ["a1", "a2"]),
        ("Forward", ["b1", "b2"]),
        ("Forward", ["c1", "c2"]),
        ("Loss", ["y"]),
        ("Backward", ["c1", "c2"]),
        ("Backward", ["b1", "b2"]),
        ("Backward", ["a1", "a2"]),
        ("Update", []),
    ]
    assert not controls.next.isEnabled()
    qtbot.mouseClick(controls.previous, LEFT)
    assert controls.phase.text() == "Backward · step 7 of 8: a1, a2"
    qtbot.mouseClick(controls.first, LEFT)
    assert controls.phase.text() == "Forward · step 1 of 8: a1, a2"
    assert not controls.previous.isEnabled()


def test_what_is_not_reached_yet_is_faint_and_has_no_numbers(worked, window, qtbot):
    graph = window.session.graph
    qtbot.mouseClick(worked.controls.next, LEFT)
    qtbot.mouseClick(worked.controls.next, LEFT)
    assert {graph.node(node).name for node in annotations(window).faint_nodes} == {"c1", "c2", "y"}
    assert lines(window, "c1") == ""
    assert lines(window, "b1") == "z = 1.84  a = 0.86"
    wire = wire_between(window, "a1", "b1")
    assert annotations(window).label(wire) == "2 × 0.98"
    assert wire in annotations(window).current_wires


def test_left_and_right_step_while_the_panel_has_the_focus(worked, qtbot):
    worked.setFocus()
    qtbot.keyClick(worked.controls.next, Qt.Key.Key_Right)
    qtbot.keyClick(worked.controls.next, Qt.Key.Key_Right)
    assert worked.controls.phase.text() == "Forward · step 2 of 8: b1, b2"
    qtbot.keyClick(worked.controls.next, Qt.Key.Key_Left)
    assert worked.controls.phase.text() == "Forward · step 1 of 8: a1, a2"


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


def test_examples_are_turned_and_shown_with_their_image(window, qtbot):
    panel = open_panel(window, qtbot, open_example("digits_mlp"))
    first = panel.computing.trace.loss
    assert panel.chooser.image.isVisible()
    assert panel.chooser.count.text() == "of 1,438"
    qtbot.mouseClick(panel.chooser.next, LEFT)
    qtbot.waitUntil(lambda: panel.computing.trace.loss != first, timeout=20_000)
    assert panel.chooser.number.value() == 2
    assert f"wanted: class {panel.computing.trace.target}" in panel.chooser.answer.text()


def test_the_numbers_follow_an_edit(worked, window, qtbot):
    window.session.apply(SetWire(wire_between(window, "a1", "b1"), weight=0.0), "Change weight")
    qtbot.waitUntil(lambda: "z = −0.12 " in lines(window, "b1"), timeout=20_000)


def test_hovering_says_everything(worked, window):
    text = window.canvas.pointing.tooltip_text(Hit(Part.NODE, window.session.graph.node_named("a1").id))
    assert "a = 0.98201" in text
    assert "∂l/∂z = " in text
    text = window.canvas.pointing.tooltip_text(Hit(Part.WIRE, wire=wire_between(window, "a1", "b1")))
    assert "x · ∂l/∂z = 0.98201 · " in text


def test_the_numbers_leave_the_canvas_with_the_panel(worked, window):
    window.tabs.setCurrentIndex(0)
    assert window.canvas.drawing.picture.annotated is None
    window.tabs.show_backpropagation()
    assert worked.isVisible()


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
    panel.chooser.values.setText("1, two")
    panel.chooser.values.editingFinished.emit()
    assert "must be numbers separated by commas" in words(panel)
    panel.chooser.values.setText("1, 2")
    panel.chooser.values.editingFinished.emit()
    assert "The drawing takes 3 numbers; these are 2." in words(panel)
    large = (("Input", "x", {"shape": [100]}), ("Linear", "h", {"out_features": 10}), ("Output", "y", {}))
    window.session.open_document(Document(chain(*large)))
    window.session.live_check.settle()
    assert "A sample of 'Handwritten digits' has 64 numbers, but the drawing takes 100." in words(panel)


def test_the_walk_stays_where_it_is_when_the_numbers_change(worked, window, qtbot):
    qtbot.mouseClick(worked.controls.next, LEFT)
    qtbot.mouseClick(worked.controls.next, LEFT)
    worked.chooser.target.setValue(1)
    settle(worked, qtbot)
    assert worked.controls.phase.text() == "Forward · step 2 of 8: b1, b2"
    assert worked.tabs.currentIndex() == EXPLAIN


def test_a_walk_without_stages_goes_nowhere():
    walk = Walk()
    walk.forth()
    walk.back()
    assert walk.stage is None
    assert walk.waiting() == (frozenset(), frozenset())
    assert walk.forward_known("anything")


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
