"""What tests do in the main window: actions, answers to its questions, and a document that trains in a moment."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from graph_model import Document, TrainingSettings
from tests.drawings import chain


def press(window, action: str) -> None:
    """Do what a menu's action does; it must be possible now."""
    window.actions_table.refresh()
    assert window.actions_table[action].isEnabled(), action
    window.actions_table[action].trigger()


def small_digits(epochs: int = 2) -> Document:
    """A network of two layers that reads the digits."""
    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": 8, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    return Document(graph, TrainingSettings(epochs=epochs))


def answer(button: QMessageBox.StandardButton) -> None:
    """Press a button of the question that is about to come."""

    def find() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QMessageBox) and widget.isVisible():
                widget.button(button).click()
                return
        QTimer.singleShot(20, find)

    QTimer.singleShot(20, find)
