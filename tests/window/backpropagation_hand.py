"""What tests do with the backpropagation panel, and what they read from it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.panels.backpropagation.panel import BackpropagationPanel
from graph_model import Document

LEFT = Qt.MouseButton.LeftButton


def open_panel(window, qtbot, document: Document) -> BackpropagationPanel:
    """Open a document and the panel, and wait for its numbers."""
    window.session.open_document(document)
    window.session.live_check.settle()
    window.actions_table["show_backpropagation"].trigger()
    panel = window.tabs.backpropagation
    settle(panel, qtbot)
    return panel


def settle(panel: BackpropagationPanel, qtbot) -> None:
    """Wait until the panel has its numbers."""
    qtbot.waitUntil(lambda: panel.computing.trace is not None and not panel.computing.busy, timeout=20_000)


def type_example(panel: BackpropagationPanel, qtbot, text: str, target: int = 0) -> None:
    """Choose own numbers and type them, as a person does."""
    panel.chooser.mode.setFocus()
    qtbot.keyClick(panel.chooser.mode, Qt.Key.Key_Down)
    panel.chooser.typed.values.setFocus()
    panel.chooser.typed.values.selectAll()
    qtbot.keyClicks(panel.chooser.typed.values, text)
    qtbot.keyClick(panel.chooser.typed.values, Qt.Key.Key_Return)
    panel.chooser.typed.fields[0].number.setValue(target)
    settle(panel, qtbot)


def annotations(window):
    """What is written on the canvas."""
    return window.canvas.drawing.picture.annotated.annotations


def lines(window, name: str) -> str:
    """What is written at a node, joined."""
    return "; ".join(annotations(window).lines(window.session.graph.node_named(name).id))


def words(panel: BackpropagationPanel) -> str:
    """What the page of words says."""
    return panel.explanation.text.toPlainText().replace("\u00a0", " ")


def wire_between(window, source: str, target: str) -> str:
    """The id of the first wire from one node to another, by their names."""
    graph = window.session.graph
    ends = graph.node_named(source).id, graph.node_named(target).id
    return next(wire.id for wire in graph.wires() if (wire.source, wire.target) == ends)
