"""A press on a wire near one of its ends: a click selects it, a drag unplugs that end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter

from app.canvas.gestures.connect import ConnectGesture
from app.canvas.gestures.gesture import Gesture, Pointer
from app.canvas.hit import Hit
from app.canvas.insertion import LooseEnd

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class WirePressGesture(Gesture):
    """Becomes a ConnectGesture once the pointer moves."""

    def __init__(self, canvas: CanvasView, start: Pointer, hit: Hit) -> None:
        super().__init__(canvas, start)
        self.wire = canvas.session.graph.wire(hit.wire or "")
        at_target = hit.place > 0.5
        wire = self.wire
        self.fixed = LooseEnd(wire.source, wire.output, True) if at_target else LooseEnd(wire.target, wire.input, False)
        self.plugging: ConnectGesture | None = None

    def move(self, at: Pointer) -> None:
        if self.plugging is None and self.begins_to_drag(at):
            self.plugging = ConnectGesture(self.canvas, self.start, self.fixed, self.wire.id)
        if self.plugging is not None:
            self.plugging.move(at)

    def end(self, at: Pointer) -> None:
        session = self.canvas.session
        if self.plugging is not None:
            self.plugging.end(at)
        elif self.start.adds:
            session.select(session.selection, session.selected_wires ^ {self.wire.id})
        else:
            session.select((), {self.wire.id})

    def cancel(self) -> None:
        if self.plugging is not None:
            self.plugging.cancel()

    def paint(self, painter: QPainter, scale: float) -> None:
        if self.plugging is not None:
            self.plugging.paint(painter, scale)
