"""A hand on the canvas: real mouse and key events at places of the drawing."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.canvas.hit import Hit, hit_at
from app.canvas.view import CanvasView
from graph_model import Graph

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
Place = tuple[float, float]


def place_of(canvas: CanvasView, node: str) -> Place:
    """Where a node stands in the drawing that is open."""
    return canvas.session.graph.node(node).position


class Hand:
    """Moves the pointer over a canvas; places are in scene units."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas

    def pixel(self, place: Place) -> QPoint:
        return self.canvas.mapFromScene(QPointF(*place))

    def hit(self, place: Place) -> Hit:
        return hit_at(self.canvas.drawing, *place, self.canvas.scale_factor)

    def port(self, node: str, output: bool) -> Place:
        row = self.canvas.drawing.geometry.nodes.rows[self.canvas.drawing.geometry.nodes.row_of[node]]
        side = 0.5 if output else -0.5
        return (float(row["x"] + side * row["width"]), float(row["y"]))

    def point_at(self, place: Place) -> None:
        self._move(self.pixel(place), Qt.MouseButton.NoButton, NONE)

    def press(self, place: Place, button=LEFT, modifiers=NONE) -> None:
        QTest.mousePress(self.canvas.viewport(), button, modifiers, self.pixel(place))

    def release(self, place: Place, button=LEFT, modifiers=NONE) -> None:
        QTest.mouseRelease(self.canvas.viewport(), button, modifiers, self.pixel(place))

    def drag_only(self, start: Place, stop: Place, button=LEFT, modifiers=NONE) -> None:
        """Press and move, without letting go."""
        start_pixel, stop_pixel = self.pixel(start), self.pixel(stop)
        QTest.mousePress(self.canvas.viewport(), button, modifiers, start_pixel)
        for step in range(1, 5):
            self._move(start_pixel + (stop_pixel - start_pixel) * (step / 4), button, modifiers)

    def _move(self, pixel: QPoint, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """Move the pointer with a button and keys held; QTest's own move knows no keys."""
        viewport = self.canvas.viewport()
        place, on_screen = QPointF(pixel), QPointF(viewport.mapToGlobal(pixel))
        event = QMouseEvent(QMouseEvent.Type.MouseMove, place, on_screen, Qt.MouseButton.NoButton, button, modifiers)
        QApplication.sendEvent(viewport, event)

    def drag(self, start: Place, stop: Place, button=LEFT, modifiers=NONE) -> None:
        stop_pixel = self.pixel(stop)
        self.drag_only(start, stop, button, modifiers)
        QTest.mouseRelease(self.canvas.viewport(), button, modifiers, stop_pixel)

    def click(self, place: Place, button=LEFT, modifiers=NONE) -> None:
        QTest.mouseClick(self.canvas.viewport(), button, modifiers, self.pixel(place))

    def double_click(self, place: Place) -> None:
        QTest.mouseDClick(self.canvas.viewport(), LEFT, NONE, self.pixel(place))

    def key(self, key: Qt.Key, modifiers=NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.canvas, key, modifiers)

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)

    def drop_kind(self, kind: str, place: Place) -> bool:
        """Drag a kind over the canvas and drop it, as the palette does; returns whether it was taken."""
        mime = QMimeData()
        mime.setData("application/x-gradcanvas-kind", kind.encode())
        pixel, action, viewport = self.pixel(place), Qt.DropAction.CopyAction, self.canvas.viewport()
        QApplication.sendEvent(viewport, QDragEnterEvent(pixel, action, mime, LEFT, NONE))
        QApplication.sendEvent(viewport, QDragMoveEvent(pixel, action, mime, LEFT, NONE))
        self.canvas.grab()
        event = QDropEvent(QPointF(pixel), action, mime, LEFT, NONE)
        QApplication.sendEvent(viewport, event)
        return event.isAccepted()

    def seen(self) -> QImage:
        """The canvas as it is painted."""
        return self.canvas.grab().toImage()

    def colour_at(self, place: Place) -> QColor:
        image = self.seen()
        pixel = self.pixel(place) * image.devicePixelRatio()
        return image.pixelColor(pixel)


def chain() -> Graph:
    """x → hidden → out, in a row."""
    graph = Graph("chain")
    x = graph.add("Input", name="x", shape=[4], position=(-160, 0))
    hidden = graph.add("Linear", name="hidden", out_features=4, position=(0, 0))
    out = graph.add("Output", name="out", position=(160, 0))
    graph.connect(x, hidden)
    graph.connect(hidden, out)
    return graph
