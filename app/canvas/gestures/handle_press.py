"""Presses on the frames of expanded blocks and on the handles that expand and collapse them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.canvas.gestures.gesture import Gesture, Pointer
from app.canvas.gestures.move import MoveGesture
from app.canvas.hit import Part
from graph_model import EditError

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class HandlePressGesture(Gesture):
    """Does something when the handle is let go where it was pressed; a refusal is said."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, canvas: CanvasView, start: Pointer, deed: Callable[[], str | None]) -> None:
        super().__init__(canvas, start)
        self.deed = deed

    def move(self, at: Pointer) -> None:
        self.begins_to_drag(at)

    def end(self, at: Pointer) -> None:
        if self.dragging:
            return
        try:
            sentence = self.deed()
        except EditError as error:
            sentence = str(error)
        if sentence:
            self.canvas.say(sentence)


class FrameGesture(MoveGesture):
    """Drags all nodes of a frame by its title; a click selects them."""

    def end(self, at: Pointer) -> None:
        if self.dragging:
            super().end(at)


def press_on(canvas: CanvasView, at: Pointer, part: Part, place: str) -> Gesture | None:
    """Return the gesture of a press on a handle or a title; `place`: the block whose it is."""
    expansions = canvas.expansions
    if part is Part.EXPAND:
        return HandlePressGesture(canvas, at, lambda: expansions.expand(canvas.session.graph.node(place)))
    expansion = expansions.of(place)
    if expansion is None:
        return None
    if part is Part.COLLAPSE:
        return HandlePressGesture(canvas, at, lambda: expansions.collapse(expansion))
    members = expansions.members(expansion)
    canvas.session.select(members)
    return FrameGesture(canvas, at._replace(modifiers=Qt.KeyboardModifier.NoModifier), min(members))
