"""What every gesture is: something that starts, moves, and then ends or is cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

DRAG_DISTANCE = 4
"""How far, in pixels, the pointer must move before a press becomes a drag."""


class Pointer(NamedTuple):
    """Where the pointer is, and which keys are held with it."""

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier

    @property
    def place(self) -> tuple[float, float]:
        """The point of the drawing under the pointer."""
        return (self.scene.x(), self.scene.y())

    @property
    def adds(self) -> bool:
        """Whether the keys for adding to the selection are held."""
        keys = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        return bool(self.modifiers & keys)

    @property
    def free(self) -> bool:
        """Whether the key that switches snapping off is held."""
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)


class Gesture:
    """One movement of the hand on the canvas. What it shows meanwhile is its own; only `end` edits the drawing."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, canvas: CanvasView, start: Pointer) -> None:
        self.canvas = canvas
        self.start = start
        self.dragging = False

    def begins_to_drag(self, at: Pointer) -> bool:
        """Whether the pointer has left the place of the press for good."""
        if not self.dragging:
            self.dragging = (at.view - self.start.view).manhattanLength() >= DRAG_DISTANCE
        return self.dragging

    def move(self, at: Pointer) -> None:
        """The pointer moved."""

    def end(self, at: Pointer) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Escape was pressed: all is to be as before."""

    def paint(self, painter: QPainter, scale: float) -> None:
        """Paint what the gesture shows, over the drawing, in scene units."""
