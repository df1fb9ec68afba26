"""How fast the canvas is: time to build, and ms a frame, at 100, 1,000 and 10,000 nodes with twice as many wires.

Software rendering without a display, 1,280 × 800, smooth lines; a frame is one synchronous repaint of the viewport.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np

SIZES = (100, 1_000, 10_000)
FRAMES = 40
PITCH_X, PITCH_Y = 104.0, 304.0


def main() -> None:
    """Measure and print the table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from app.theme import install_fonts

    application = QApplication.instance() or QApplication([])
    install_fonts()
    print(f"{'nodes':>7} {'what':<34} {'median ms':>10} {'95 % ms':>9}")
    for count in SIZES:
        for what, times in measured(application, count).items():
            print(f"{count:>7,} {what:<34} {np.median(times):>10.2f} {np.percentile(times, 95):>9.2f}")


def measured(application: object, count: int) -> dict[str, list[float]]:
    """Return ms of every repetition by what was measured."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtTest import QTest

    from app.canvas.drawing import Drawing
    from app.canvas.view import CanvasView
    from app.session import EditorSession
    from app.theme import ThemeSource
    from graph_model import Document
    from graph_model.edits import AddNodes, Move, RemoveNodes

    document = Document(drawing(count))
    session = EditorSession()
    session.live_check.check_now = lambda: None  # type: ignore[method-assign]
    session.open_document(document)
    theme_source = ThemeSource("light")
    results: dict[str, list[float]] = {
        "build": timed(lambda: Drawing(document, theme_source.theme).geometry.layout, 5),
    }
    canvas = CanvasView(session, theme_source)
    canvas.resize(1280, 800)
    canvas.show()
    QTest.qWaitForWindowExposed(canvas)
    viewport, look = canvas.viewport(), canvas.viewpoint
    identifiers = [node.id for node in document.graph.nodes()]
    middle = document.graph.node(identifiers[count // 2 + min(50, count // 4)])

    look.fit()
    results["repaint, all in sight"] = timed(viewport.repaint)
    results["zoom, all in sight"] = timed(lambda: (look.zoom_by(1.02), viewport.repaint()), 10)
    look.fit()
    chance = np.random.default_rng(0)

    def recolour() -> None:
        canvas.set_values(
            dict(zip(identifiers, (10.0 ** chance.uniform(-10, -2, count)).tolist(), strict=True)), "∂L/∂W"
        )
        viewport.repaint()

    results["recolour everything, all in sight"] = timed(recolour)
    canvas.set_values(None)
    look.zoom_to(0.25)
    look.look_at(QPointF(*middle.position))
    results["repaint at 25 %"] = timed(viewport.repaint)
    look.zoom_to(1.0)
    look.look_at(QPointF(*middle.position))
    results["repaint at 100 %"] = timed(viewport.repaint)
    steps = iter(range(10_000))
    results["pan at 100 %"] = timed(
        lambda: (look.pan(QPoint(-9 if next(steps) % 40 < 20 else 9, 3)), viewport.repaint())
    )
    look.look_at(QPointF(*middle.position))
    factors = iter([1.1, 1 / 1.1] * 100)
    results["zoom around 100 %"] = timed(lambda: (look.zoom_by(next(factors)), viewport.repaint()))
    look.zoom_to(1.0)
    look.look_at(QPointF(*middle.position))
    pixel = canvas.mapFromScene(QPointF(middle.position[0], middle.position[1] + 12))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel)
    shifts = iter(range(10_000))
    results["drag one node at 100 %"] = timed(
        lambda: (QTest.mouseMove(viewport, pixel + QPoint(5 + 8 * (next(shifts) % 9), 11)), viewport.repaint())
    )
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel)
    points = iter(range(10_000))
    results["pointer over the drawing (hit test)"] = timed(
        lambda: QTest.mouseMove(viewport, QPoint(100 + 13 * (next(points) % 70), 300))
    )
    moves = iter(range(10_000))

    def move_one() -> None:
        session.apply(Move({middle.id: (middle.position[0] + 8.0 * (next(moves) % 5), middle.position[1])}), "Move")
        viewport.repaint()

    results["edit: move one, and repaint"] = timed(move_one)

    def add_and_remove() -> None:
        node = document.graph.new_node("Linear", position=middle.position)
        session.apply(AddNodes((node,)), "Add")
        session.apply(RemoveNodes((node.id,)), "Remove")
        viewport.repaint()

    results["edit: add one, remove it, repaint"] = timed(add_and_remove)
    canvas.close()
    return results


def timed(action: Callable[[], object], repetitions: int = FRAMES) -> list[float]:
    """Return the ms that each of some repetitions took, after one that does not count."""
    action()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def drawing(count: int) -> object:
    """A grid of layers: bundles between two columns of three, and a Concat that gathers from four of them."""
    from graph_model import Graph
    from graph_model.edits import AddNodes

    graph = Graph("grid")
    columns = round((count * PITCH_Y / PITCH_X) ** 0.5)
    nodes = [
        graph.new_node(
            "Input" if index == 0 else ("Concat", "Linear", "Linear")[index % columns % 3],
            name=f"n{index}",
            position=(PITCH_X * (index % columns), PITCH_Y * (index // columns)),
        )
        for index in range(count)
    ]
    wires = []
    for index, node in enumerate(nodes):
        if index % columns == 0:
            continue
        sources = (1, 1 - columns, 1 + columns, 2) if node.kind == "Concat" else (1,)
        wires += [graph.new_wire(nodes[index - step], node) for step in sources if 0 <= index - step < count]
    graph.apply(AddNodes(tuple(nodes), tuple(wires)))
    return graph
