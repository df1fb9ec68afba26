"""Moving the view with the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.canvas.gestures.gesture import Gesture, Pointer

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class PanGesture(Gesture):
    """Drags the paper with the middle or the right button; a right click without a drag asks for the menu."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: CanvasView, start: Pointer, offers_menu: bool = False) -> None:
        super().__init__(canvas, start)
        self.offers_menu = offers_menu
        self.last = start.view

    def move(self, at: Pointer) -> None:
        if self.begins_to_drag(at):
            self.canvas.viewpoint.pan(at.view - self.last)
            self.last = at.view

    def end(self, at: Pointer) -> None:
        if self.offers_menu and not self.dragging:
            self.canvas.pointing.ask_for_menu(at)
