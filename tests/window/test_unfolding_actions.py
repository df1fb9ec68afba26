"""Unfolding and folding by the menu: one step each, with the weights, and refusals in words."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from graph_model import Document, Graph
from tests.window.canvas_hand import CONTROL, SHIFT

UNFOLD, FOLD = Qt.Key.Key_U, Qt.Key.Key_I


@pytest.fixture
def drawn(window):
    graph = Graph("unfolding")
    x = graph.add("Input", name="x", shape=[1, 6, 6], position=(0, 0))
    filters = graph.add("Conv2d", name="filters", out_channels=2, kernel_size=3, position=(160, 0))
    flat = graph.add("Flatten", name="flat", position=(320, 0))
    last = graph.add("Linear", name="last", out_features=2, position=(480, 0))
    y = graph.add("Output", name="y", position=(640, 0))
    for source, target in ((x, filters), (filters, flat), (flat, last), (last, y)):
        graph.connect(source, target)
    weights = {
        "filters.weight": numpy.arange(18, dtype=numpy.float32).reshape(2, 1, 3, 3) / 10,
        "filters.bias": numpy.array([0.5, -0.5], numpy.float32),
    }
    window.session.open_document(Document(graph, weights=weights))
    window.activateWindow()
    window.canvas.setFocus()
    return window.session


def key(window, letter) -> None:
    window.actions_table.refresh()
    QTest.keyClick(window.canvas, letter, CONTROL | SHIFT)


def outputs(session):
    import torch

    from compiler import compile_graph

    module = compile_graph(session.graph, session.document.training.seed, session.document.weights)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        return module(torch.randn(5, 1, 6, 6, generator=generator)).numpy()


def test_a_convolution_unfolds_and_folds_back_as_one_step_each(window, drawn):
    before = outputs(drawn)
    drawn.select({"filters"})
    key(window, UNFOLD)
    neurons = set(drawn.selection)
    assert len(neurons) == 2 * 4 * 4
    assert drawn.undo_stack.count() == 1
    numpy.testing.assert_allclose(outputs(drawn), before, atol=1e-6)
    area = window.canvas.visible_area()
    assert all(area.contains(*drawn.graph.node(neuron).position) for neuron in neurons)
    key(window, FOLD)
    (layer,) = drawn.selection
    assert drawn.graph.node(layer).kind == "Conv2d"
    assert drawn.undo_stack.count() == 2
    numpy.testing.assert_allclose(drawn.document.weights[f"{layer}.weight"].ravel() * 10, numpy.arange(18), atol=1e-5)
    numpy.testing.assert_allclose(outputs(drawn), before, atol=1e-6)
    drawn.undo_stack.undo()
    assert f"{layer}.weight" not in drawn.document.weights
    numpy.testing.assert_allclose(outputs(drawn), before, atol=1e-6)
    drawn.undo_stack.undo()
    assert drawn.graph.has_node("filters")


def test_an_unfolded_filter_is_trained_by_one_typed_weight(window, drawn):
    drawn.select({"filters"})
    key(window, UNFOLD)
    wire = drawn.graph.incoming(sorted(drawn.selection)[0])[0]
    window.canvas.grab()
    window.canvas.weights.start(wire.id)
    editor = window.canvas.weights.editor
    editor.selectAll()
    QTest.keyClicks(editor, "3")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert {other.weight for other in drawn.graph.tied(wire.tie)} == {3.0}
    assert len(drawn.graph.tied(wire.tie)) == 16


def test_refusals_are_said_across_the_window(window, drawn):
    drawn.graph.set("last", out_features=200)
    drawn.live_check.settle()
    drawn.select({"last"})
    key(window, UNFOLD)
    assert "4,000" in window.messages.label.text()
    assert drawn.graph.has_node("last")


def test_only_neurons_fold_and_only_layers_unfold(window, drawn):
    table = window.actions_table
    for chosen, unfolds, folds in (({"x"}, False, False), ({"last"}, True, False), (set(), False, False)):
        drawn.select(chosen)
        assert (table["unfold"].isEnabled(), table["fold"].isEnabled()) == (unfolds, folds)
    drawn.select({"filters"})
    key(window, UNFOLD)
    assert table["fold"].isEnabled()
    drawn.select({*drawn.selection, "x"})
    assert not table["fold"].isEnabled()
