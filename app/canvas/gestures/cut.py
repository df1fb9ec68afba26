"""Cutting wires with a line drawn across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter, QPen

from app.canvas.gestures.gesture import Gesture, Pointer
from graph_model.edits import RemoveWires

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class CutGesture(Gesture):
    """Draws a line; the wires that it crosses are removed, as one step."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: CanvasView, start: Pointer) -> None:
        super().__init__(canvas, start)
        self.line = QLineF(start.scene, start.scene)

    def move(self, at: Pointer) -> None:
        self.begins_to_drag(at)
        self.line = QLineF(self.start.scene, at.scene)
        self.canvas.mark_wires(self.crossed())

    def end(self, at: Pointer) -> None:
        crossed = self.crossed() if self.dragging else []
        self.canvas.mark_wires([])
        if crossed:
            self.canvas.session.apply(RemoveWires(tuple(crossed)), self.canvas.tr("Cut wires"))

    def cancel(self) -> None:
        self.canvas.mark_wires([])

    def paint(self, painter: QPainter, scale: float) -> None:
        pen = QPen(self.canvas.theme.colour("text"), 1.5 / scale, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(self.line)

    def crossed(self) -> list[str]:
        """The ids of the wires that the line crosses."""
        geometry = self.canvas.drawing.geometry
        start, stop = (np.array([end.x(), end.y()]) for end in (self.line.p1(), self.line.p2()))
        low, high = np.minimum(start, stop), np.maximum(start, stop)
        rows = geometry.layout.wires_in(low[0], low[1], high[0], high[1])
        if not len(rows):
            return []
        points = geometry.layout.paths(rows)
        first, second = points[:, :-1], points[:, 1:]
        along, cut = second - first, stop - start
        parted = _cross(cut, first - start) * _cross(cut, second - start) <= 0
        parted &= _cross(along, start - first) * _cross(along, stop - first) <= 0
        return [geometry.wires.ids[int(row)] for row in rows[parted.any(axis=1)]]


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
