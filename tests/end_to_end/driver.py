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

from app.panels.problems_panel import ProblemRow
from app.window.main_window import MainWindow
from app.window.settings import WindowSettings
from app.window.start import make_window


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
        place = QPointF(float(row["x"]) + (half if side == "output" else -half), float(row["y"]))
        return _screen(canvas.viewport(), canvas.mapFromScene(place))

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

    def file_dialog(self) -> bool:
        focused = QApplication.focusWidget()
        return isinstance(QApplication.activeModalWidget(), QFileDialog) and isinstance(focused, QLineEdit)

    def export(self) -> str | None:
        dialog = self.window.exports.dialog
        return dialog.heading.text() if dialog is not None else None

    def focus(self) -> str:
        focused = QApplication.focusWidget()
        return type(focused).__name__ if focused is not None else ""


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
