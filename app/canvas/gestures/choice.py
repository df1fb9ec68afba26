"""Which gesture a press begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.canvas import sizes
from app.canvas.gestures.column import ColumnGesture
from app.canvas.gestures.connect import ConnectGesture
from app.canvas.gestures.cut import CutGesture
from app.canvas.gestures.gesture import Gesture, Pointer
from app.canvas.gestures.handle_press import press_on
from app.canvas.gestures.move import MoveGesture
from app.canvas.gestures.pan import PanGesture
from app.canvas.gestures.rubber_band import RubberBandGesture
from app.canvas.gestures.weight_press import WeightPressGesture
from app.canvas.gestures.wire_press import WirePressGesture
from app.canvas.hit import Hit, Part
from app.canvas.insertion import LooseEnd

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


def gesture_for(canvas: CanvasView, button: Qt.MouseButton, at: Pointer, hit: Hit) -> Gesture | None:
    """Return the gesture that a press of a button on this part of the drawing begins."""
    control = bool(at.modifiers & Qt.KeyboardModifier.ControlModifier)
    if button == Qt.MouseButton.MiddleButton:
        return PanGesture(canvas, at)
    if button == Qt.MouseButton.RightButton:
        if control and hit.node is None:
            return CutGesture(canvas, at)
        return PanGesture(canvas, at, offers_menu=True)
    if button != Qt.MouseButton.LeftButton:
        return None
    if hit.part in (Part.EXPAND, Part.COLLAPSE, Part.FRAME):
        return press_on(canvas, at, hit.part, hit.node or hit.frame or "")
    if hit.part is Part.HANDLE:
        return ColumnGesture(canvas, at)
    if hit.part is Part.OUTPUT and hit.node is not None:
        return ConnectGesture(canvas, at, LooseEnd(hit.node, hit.port, True))
    if hit.part is Part.INPUT and hit.node is not None:
        return _from_input(canvas, at, hit.node, hit.port)
    if hit.node is not None:
        return MoveGesture(canvas, at, hit.node)
    if at.free:
        return CutGesture(canvas, at)
    if hit.part is Part.WEIGHT:
        return WeightPressGesture(canvas, at, hit.wire)
    if hit.wire is not None:
        near_end = hit.place <= sizes.WIRE_END or hit.place >= 1 - sizes.WIRE_END
        return WirePressGesture(canvas, at, hit) if near_end else RubberBandGesture(canvas, at, hit.wire)
    return RubberBandGesture(canvas, at)


def _from_input(canvas: CanvasView, at: Pointer, node: str, port: int) -> Gesture:
    """From an input that is taken, its wire is unplugged; from a free one, a new wire is drawn backwards."""
    graph = canvas.session.graph
    arriving = graph.incoming(node, port)
    if arriving and not graph.kind_of(node).inputs[port].variadic:
        wire = arriving[-1]
        return ConnectGesture(canvas, at, LooseEnd(wire.source, wire.output, True), wire.id)
    return ConnectGesture(canvas, at, LooseEnd(node, port, False))
