"""The menu Neurons, by its keys and through the window."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.inspector.wire_page import WirePage
from graph_model import Document, Graph
from tests.window.canvas_hand import CONTROL, SHIFT, Hand


@pytest.fixture
def drawn(window):
    graph = Graph("menu")
    data = graph.add("Input", name="data", shape=[2], position=(-160, 50))
    for row in range(2):
        graph.connect(data, graph.add("Neuron", name=f"x{row}", position=(0, 100 * row)), element=row)
    for row in range(3):
        graph.add("Neuron", name=f"n{row}", position=(160, 100 * row - 50))
    graph.add("Output", name="y", position=(320, 50))
    window.session.open_document(Document(graph))
    window.activateWindow()
    window.canvas.setFocus()
    return window.session


def keys(window, key, modifiers) -> None:
    window.actions_table.refresh()
    QTest.keyClick(window.canvas, key, modifiers)


def connected(window, session) -> list[str]:
    """All wires from column to column; the ids of those between neurons."""
    session.select([node.id for node in session.graph.nodes() if node.name != "data"])
    keys(window, Qt.Key.Key_C, SHIFT)
    return [wire.id for wire in session.graph.wires()][2:8]


def test_all_columns_are_connected_by_a_key_as_one_step(window, drawn):
    connected(window, drawn)
    assert len(drawn.graph.wires()) == 2 + 2 * 3 + 3
    assert [drawn.graph.node(wire.source).name for wire in drawn.graph.incoming("y")] == ["n0", "n1", "n2"]
    drawn.undo_stack.undo()
    assert len(drawn.graph.wires()) == 2


def test_a_refusal_is_said_across_the_window(window, drawn):
    drawn.select({"n0", "n1"})
    keys(window, Qt.Key.Key_C, SHIFT)
    assert "at least two columns" in window.messages.label.text()
    assert window.messages.isVisible()
    keys(window, Qt.Key.Key_D, CONTROL | SHIFT)
    assert not window.messages.isVisible()


def test_a_selection_is_duplicated_with_its_wires(window, drawn):
    connected(window, drawn)
    drawn.select({"n1"})
    keys(window, Qt.Key.Key_D, CONTROL | SHIFT)
    (copy,) = drawn.selection
    assert len(drawn.graph.incoming(copy)) == 2
    assert len(drawn.graph.incoming("y")) == 4


def test_one_more_neuron_is_added_below_by_a_key(window, drawn):
    connected(window, drawn)
    drawn.select({"n2"})
    keys(window, Qt.Key.Key_Down, SHIFT)
    assert len(drawn.graph.incoming("y")) == 4
    assert len(drawn.selection) == 2


def test_wires_are_tied_untied_frozen_and_trained_again(window, drawn):
    wires = connected(window, drawn)
    drawn.graph.set(wires[1], weight=0.5)
    drawn.select((), wires[1:4])
    keys(window, Qt.Key.Key_T, CONTROL)
    assert {drawn.graph.wire(wire).tie for wire in wires[1:4]} == {"tie"}
    assert {drawn.graph.wire(wire).weight for wire in wires[1:4]} == {0.5}
    keys(window, Qt.Key.Key_F, CONTROL | SHIFT)
    assert not any(drawn.graph.wire(wire).trainable for wire in wires[1:4])
    keys(window, Qt.Key.Key_F, CONTROL | SHIFT)
    assert all(drawn.graph.wire(wire).trainable for wire in wires[1:4])
    keys(window, Qt.Key.Key_T, CONTROL | SHIFT)
    assert {drawn.graph.wire(wire).tie for wire in wires} == {None}


def test_actions_on_wires_wait_for_wires(window, drawn):
    connected(window, drawn)
    drawn.select({"n0"})
    table = window.actions_table
    assert not any(table[name].isEnabled() for name in ("tie_wires", "untie_wires", "freeze_wires"))
    drawn.select((), {drawn.graph.incoming("y")[0].id})
    assert not table["freeze_wires"].isEnabled()


def test_several_wires_are_edited_together_in_the_inspector(window, drawn):
    wires = connected(window, drawn)
    drawn.select(())
    hand = Hand(window.canvas)
    window.canvas.grab()
    picture = window.canvas.drawing.picture
    for wire in wires[:2]:
        chip = picture.chips.of(picture.geometry.wires.row_of[wire])
        hand.click((chip.x, chip.y), modifiers=SHIFT)
    page = window.inspector.page
    assert isinstance(page, WirePage)
    assert set(page.wire_ids) <= set(wires)
    field = page.fields["weight"].editor
    field.setFocus()
    QTest.keyClicks(field, "0.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [drawn.graph.wire(wire).weight for wire in page.wire_ids] == [0.25, 0.25]
    page.fields["trainable"].editor.click()
    assert not any(drawn.graph.wire(wire).trainable for wire in page.wire_ids)
    field = page.fields["tie"].editor
    field.setFocus()
    QTest.keyClicks(field, "shared")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert {wire.id for wire in drawn.graph.tied("shared")} == set(page.wire_ids)
    assert "shared" in page.fields["tie"].editor.completer().model().stringList()


def test_a_typed_bias_wins_over_the_trained_one_and_is_shared(window, drawn):
    connected(window, drawn)
    for name in ("n0", "n1"):
        drawn.graph.set(name, bias_tie="b")
    drawn.set_weights({"n0.bias": numpy.array(4.0), "n1.bias": numpy.array(4.0)})
    drawn.select({"n0"})
    field = window.inspector.page.form.fields["bias"].editor
    assert field.text() == "4"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "-1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [drawn.graph.node(name).parameters["bias"] for name in ("n0", "n1", "n2")] == [-1.0, -1.0, 0.0]
    assert drawn.document.weights == {}
    drawn.undo_stack.undo()
    assert drawn.document.weights["n1.bias"] == 4.0


def test_a_typed_weight_is_what_the_network_computes_with_after_training(window, drawn):
    from compiler import compile_graph
    from compiler.weights import collect_weights

    wires = connected(window, drawn)
    drawn.graph.set(wires[1], tie="shared")
    drawn.graph.set(wires[2], tie="shared")

    def computed() -> dict[str, float]:
        module = compile_graph(drawn.graph, 0, drawn.document.weights)
        return {name: float(array) for name, array in collect_weights(module).items() if array.ndim == 0}

    trained = {name: numpy.full((), 0.125, numpy.float32) for name in computed()}
    drawn.set_weights(trained)
    window.canvas.weights.start(wires[1], "3")
    QTest.keyClick(window.canvas.weights.editor, Qt.Key.Key_Return)
    changed = {f"{wires[1]}.weight", f"{wires[2]}.weight"}
    assert {name for name, value in computed().items() if value == 3.0} == changed
    assert {name for name, value in computed().items() if value == 0.125} == set(trained) - changed


def test_what_several_neurons_do_not_have_alike_is_called_different_and_set_for_all(window, drawn):
    neurons = [drawn.graph.add("Neuron", name=name, bias=bias) for name, bias in (("one", 0.5), ("two", -1.0))]
    drawn.graph.set(neurons[1], activation="ReLU")
    drawn.select(node.id for node in neurons)
    form = window.inspector.page.form
    bias, activation = form.fields["bias"].editor, form.fields["activation"].editor
    assert (bias.text(), bias.placeholderText()) == ("", "different")
    assert (activation.currentText(), activation.placeholderText()) == ("", "different")
    QTest.keyClicks(bias, "0.25")
    QTest.keyClick(bias, Qt.Key.Key_Return)
    assert [drawn.graph.node(node.id).parameters["bias"] for node in neurons] == [0.25, 0.25]
    assert (bias.text(), bias.placeholderText()) == ("0.25", "")


def test_numbers_and_ticks_that_layers_do_not_have_alike_are_called_different(window, drawn):
    layers = [drawn.graph.add("Linear", out_features=size, bias=size > 3) for size in (3, 5)]
    drawn.select(layer.id for layer in layers)
    form = window.inspector.page.form
    size, bias = form.fields["out_features"].editor, form.fields["bias"].editor
    assert size.text() == "different"
    assert bias.text() == "different"
    size.selectAll()
    QTest.keyClicks(size, "3")
    QTest.keyClick(size, Qt.Key.Key_Return)
    assert [drawn.graph.node(layer.id).parameters["out_features"] for layer in layers] == [3, 3]
    assert size.text() == "3"
