"""Runs the real program on a real display and answers questions about where things are, in screen pixels.

All acting is done from outside, by real mouse and key events; this only looks. One JSON request a line on standard
input, one JSON answer a line on standard output.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QSettings, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget

from app.canvas.column_handle import handle_place
from app.canvas.sizes import NEURON_PITCH
from app.inspector.document_page import DocumentPage
from app.panels.problems_panel import ProblemRow
from app.window.main_window import MainWindow
from app.window.settings import WindowSettings
from app.window.start import make_window
from graph_model.typed_values import current_weight


class Looker:
    """Answers one kind of question per method."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def ready(self) -> bool:
        return self.window.warm_up.is_ready and self.window.session.live_check.compiler_ready

    def palette(self, kind: str) -> list[int]:
        tree, item = self.window.palette.tree, self.window.palette.items[kind]
        tree.scrollToItem(item)
        return _screen(tree.viewport(), tree.visualItemRect(item).center())

    def canvas(self, across: float, down: float) -> list[int]:
        viewport = self.window.canvas.viewport()
        return _screen(viewport, QPoint(round(viewport.width() * across), round(viewport.height() * down)))

    def port(self, name: str, side: str) -> list[int]:
        canvas, graph = self.window.canvas, self.window.session.graph
        node = graph.node_named(name)
        row = canvas.drawing.geometry.nodes.rows[canvas.drawing.geometry.nodes.row_of[node.id]]
        half = float(row["width"]) / 2
        return self._in_drawing(float(row["x"]) + (half if side == "output" else -half), float(row["y"]))

    def node(self, name: str) -> list[int]:
        canvas, node = self.window.canvas, self.window.session.graph.node_named(name)
        row = canvas.drawing.geometry.nodes.rows[canvas.drawing.geometry.nodes.row_of[node.id]]
        return self._in_drawing(float(row["x"]), float(row["y"]))

    def button(self, name: str) -> list[int]:
        button = getattr(self.window.bar, name)
        return _screen(button, button.rect().center())

    def fix_button(self) -> list[int] | None:
        """The first button that mends a problem, where it is visible."""
        for row in self.window.tabs.problems.findChildren(ProblemRow):
            for button in row.findChildren(QPushButton):
                if button.isVisible():
                    return _screen(button, button.rect().center())
        return None

    def graph(self) -> dict[str, Any]:
        graph = self.window.session.graph
        return {
            "nodes": [node.name for node in graph.nodes()],
            "wires": [[graph.node(wire.source).name, graph.node(wire.target).name] for wire in graph.wires()],
            "problems": [problem.message for problem in self.window.session.problems],
        }

    def run(self) -> dict[str, Any]:
        progress = self.window.control.progress()
        return {"state": self.window.control.state, "step": progress.step if progress else 0}

    def handle(self, more: int) -> list[list[int]] | None:
        """The handle below the selected neurons, and where it is to be pulled for so many more."""
        place = handle_place(self.window.canvas.drawing.picture)
        if place is None:
            return None
        x, y = place
        return [self._in_drawing(x, y), self._in_drawing(x, y + more * NEURON_PITCH)]

    def weight(self, source: str, target: str) -> dict[str, Any]:
        """The weight on a wire, or None while it is random, and the place of its field."""
        document, drawing = self.window.session.document, self.window.canvas.drawing
        ends = [document.graph.node_named(name).id for name in (source, target)]
        wire = next(wire for wire in document.graph.wires() if [wire.source, wire.target] == ends)
        value = current_weight(document, wire)
        chip = drawing.picture.chips.of(drawing.geometry.wires.row_of[wire.id])
        return {"value": None if value is None else float(value), "place": self._in_drawing(chip.x, chip.y)}

    def selected(self) -> int:
        return len(self.window.session.selection)

    def setting(self, name: str) -> dict[str, Any]:
        """A setting of the training, and the place of its field."""
        editor = self.window.inspector.findChild(DocumentPage).general.fields[name].editor
        value = getattr(self.window.session.document.training, name)
        return {"value": value, "place": _screen(editor, editor.rect().center())}

    def tab(self, title: str) -> list[int]:
        bar = self.window.tabs.tabBar()
        index = next(index for index in range(bar.count()) if bar.tabText(index) == title)
        return _screen(bar, bar.tabRect(index).center())

    def passes(self, name: str) -> list[int] | None:
        """A button of the panel Backpropagation, where it can be pressed."""
        panel = self.window.tabs.backpropagation
        button = getattr(panel.controls, name) if panel is not None else None
        usable = button is not None and button.isVisible() and button.isEnabled()
        return _screen(button, button.rect().center()) if usable else None

    def phase(self) -> str:
        """Where the panel Backpropagation says that it stands."""
        panel = self.window.tabs.backpropagation
        return str(panel.controls.phase.text()) if panel is not None else ""

    def dirty(self) -> bool:
        return self.window.session.dirty

    def file_dialog(self) -> bool:
        focused = QApplication.focusWidget()
        return isinstance(QApplication.activeModalWidget(), QFileDialog) and isinstance(focused, QLineEdit)

    def export(self) -> str | None:
        dialog = self.window.exports.dialog
        return dialog.heading.text() if dialog is not None else None

    def focus(self) -> str:
        focused = QApplication.focusWidget()
        return type(focused).__name__ if focused is not None else ""

    def _in_drawing(self, x: float, y: float) -> list[int]:
        canvas = self.window.canvas
        return _screen(canvas.viewport(), canvas.mapFromScene(QPointF(x, y)))


def _screen(widget: QWidget, point: QPoint) -> list[int]:
    place = widget.mapToGlobal(point)
    return [place.x(), place.y()]


def main() -> None:
    """Show the window and answer until standard input ends."""
    application = QApplication(sys.argv[:1])
    application.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    settings = WindowSettings(QSettings(sys.argv[1], QSettings.Format.IniFormat))
    settings.theme_mode = "light"
    window = make_window(application, settings)
    window.show()
    QTimer.singleShot(0, window.after_first_paint)
    looker = Looker(window)

    def answer() -> None:
        line = sys.stdin.readline()
        if not line:
            window.control.close()
            window.session.undo_stack.setClean()
            application.quit()
            return
        request = json.loads(line)
        print(json.dumps(getattr(looker, request["ask"])(*request["about"])), flush=True)

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(answer)
    sys.exit(application.exec())


if __name__ == "__main__":
    main()
