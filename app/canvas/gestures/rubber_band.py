"""Selecting all nodes in a rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from app.canvas.gestures.gesture import Gesture, Pointer

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class RubberBandGesture(Gesture):
    """Draws a rectangle; the nodes that it touches are selected. Shift or Ctrl: beside those that are selected."""

    def __init__(self, canvas: CanvasView, start: Pointer, wire: str | None = None) -> None:
        super().__init__(canvas, start)
        self.wire = wire
        session = self.canvas.session
        self.former = (session.selection, session.selected_wires)
        self.band = QRectF()

    def move(self, at: Pointer) -> None:
        if not self.begins_to_drag(at):
            return
        self.band = QRectF(self.start.scene, at.scene).normalized()
        edges = (self.band.left(), self.band.top(), self.band.right(), self.band.bottom())
        geometry = self.canvas.drawing.geometry
        touched = {geometry.nodes.ids[row] for row in geometry.nodes_in(*edges, margin=False).tolist()}
        kept = self.former[0] if self.start.adds else frozenset()
        self.canvas.session.select(kept | touched)
        self.canvas.refresh()

    def end(self, at: Pointer) -> None:
        if self.dragging:
            return
        session = self.canvas.session
        if self.wire is not None:
            wires = session.selected_wires ^ {self.wire} if self.start.adds else {self.wire}
            session.select(session.selection if self.start.adds else (), wires)
        elif not self.start.adds:
            session.select(())

    def cancel(self) -> None:
        self.canvas.session.select(*self.former)

    def paint(self, painter: QPainter, scale: float) -> None:
        if self.dragging:
            accent = self.canvas.theme.colour("accent")
            painter.setPen(QPen(accent, 1.0 / scale))
            accent.setAlpha(28)
            painter.setBrush(accent)
            painter.drawRect(self.band)
