"""Mouse, touchpad and wheel on the canvas: which gesture is under way, what is hovered, and its tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QInputDevice, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from app.canvas.gestures.choice import gesture_for
from app.canvas.gestures.gesture import Gesture, Pointer
from app.canvas.hit import NOTHING, Hit, Part
from app.canvas.node_texts import shape_text, tooltip, weight_words
from graph_model.blocks import is_block

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

ZOOM_PER_NOTCH = 1.18
NOTCH = 120.0
HANDLE_WORDS = {
    Part.EXPAND: "Show here what is in the block",
    Part.COLLAPSE: "Make one block of it again",
    Part.FRAME: "A block that is shown as its nodes: drag to move it",
}


class Pointing:
    """At most one gesture is under way at a time."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.gesture: Gesture | None = None
        self.button = Qt.MouseButton.NoButton

    def press(self, event: QMouseEvent) -> None:
        """A button goes down: a gesture begins, unless one is under way."""
        if self.gesture is not None:
            return
        at = self._pointer(event)
        self.gesture = gesture_for(self.canvas, event.button(), at, self._hit(at))
        self.button = event.button()
        if self.gesture is not None and self.gesture.cursor is not None and self.gesture.cursor.value:
            self.canvas.viewport().setCursor(self.gesture.cursor)

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves: with a gesture, or over the drawing."""
        at = self._pointer(event)
        if self.gesture is not None:
            self.gesture.move(at)
            self.canvas.refresh()
        else:
            self._hover(self._hit(at))

    def release(self, event: QMouseEvent) -> None:
        """The button goes up: the gesture ends."""
        gesture = self.gesture
        if gesture is not None and event.button() == self.button:
            self._forget()
            gesture.end(self._pointer(event))
            self.canvas.refresh()

    def cancel(self) -> bool:
        """Take back what the gesture showed; whether there was one."""
        gesture = self.gesture
        self._forget()
        if gesture is not None:
            gesture.cancel()
            self.canvas.refresh()
        return gesture is not None

    def double_click(self, event: QMouseEvent) -> None:
        """On a name: rename. On a block: open it. On another node: show its parameters. On nothing: search."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._pointer(event)
        hit = self._hit(at)
        if hit.part in (Part.EXPAND, Part.COLLAPSE, Part.FRAME):
            self.press(event)
        elif hit.part is Part.NAME and hit.node is not None:
            self.canvas.renaming.start(hit.node)
        elif hit.node is not None and is_block(self.canvas.session.graph.node(hit.node).kind):
            self.canvas.session.enter(hit.node)
        elif hit.node is not None:
            self.canvas.inspect_requested.emit(hit.node)
        elif hit.part in (Part.NOTHING, Part.WIRE):
            self.canvas.start_quick_search(at.place)

    def leave(self) -> None:
        """The pointer left the canvas."""
        self._hover(NOTHING)

    def ask_for_menu(self, at: Pointer) -> None:
        """A right click: select what is under it, and ask for its menu."""
        hit, session = self._hit(at), self.canvas.session
        expansion = None if hit.frame is None else self.canvas.expansions.of(hit.frame)
        if expansion is not None:
            session.select(self.canvas.expansions.members(expansion))
        elif hit.node is not None and hit.node not in session.selection:
            session.select({hit.node})
        elif hit.wire is not None and hit.wire not in session.selected_wires:
            session.select((), {hit.wire})
        self.canvas.menu_requested.emit(self.canvas.viewport().mapToGlobal(at.view), hit)

    def show_tooltip(self, event: QHelpEvent) -> bool:
        """Say everything about the node or the wire under the pointer."""
        place = self.canvas.mapToScene(event.pos())
        text = self.tooltip_text(self.canvas.hit(place.x(), place.y()))
        if text:
            QToolTip.showText(event.globalPos(), text, self.canvas.viewport())
        else:
            QToolTip.hideText()
        return True

    def tooltip_text(self, hit: Hit) -> str:
        """What is to be said about a node or a wire."""
        session = self.canvas.session
        graph = session.graph
        annotated = self.canvas.drawing.picture.annotated
        if hit.wire is not None:
            note = "" if annotated is None else annotated.annotations.wire_note(hit.wire)
            wire = graph.wire(hit.wire)
            shape = session.shapes.get((wire.source, wire.output))
            names = f"{graph.node(wire.source).name} → {graph.node(wire.target).name}"
            lines = names + ("" if shape is None else f"\n{shape_text(shape)}") + weight_words(session.level, wire)
            return f"{lines}\n{note}" if note else lines
        if hit.part in HANDLE_WORDS:
            return self.canvas.tr(HANDLE_WORDS[hit.part])
        if hit.node is None:
            return ""
        problems = [problem for problem in session.problems_here if problem.node_id == hit.node]
        shape, count = session.shapes.get((hit.node, 0)), session.parameter_counts.get(hit.node)
        text = tooltip(graph, graph.node(hit.node), shape, count, problems)
        note = "" if annotated is None else annotated.annotations.node_note(hit.node)
        return f"{text}<br>{note}" if note else text

    def _hover(self, hit: Hit) -> None:
        marks = self.canvas.drawing.picture.marks
        if (marks.hovered, marks.hovered_wire) != (hit.node, hit.wire):
            marks.hovered, marks.hovered_wire = hit.node, hit.wire
            session = self.canvas.session
            session.highlight(None if hit.node is None else session.level.path_of(hit.node))
            self.canvas.refresh()
        shape = Qt.CursorShape.ArrowCursor
        if hit.part in (Part.INPUT, Part.OUTPUT):
            shape = Qt.CursorShape.CrossCursor
        elif hit.part is Part.WEIGHT:
            shape = Qt.CursorShape.IBeamCursor
        elif hit.part in HANDLE_WORDS:
            shape = Qt.CursorShape.PointingHandCursor
        elif hit.part is Part.HANDLE:
            shape = Qt.CursorShape.SizeVerCursor
        if self.canvas.viewport().cursor().shape() != shape:
            self.canvas.viewport().setCursor(shape)

    def _forget(self) -> None:
        self.gesture, self.button = None, Qt.MouseButton.NoButton
        self.canvas.viewport().unsetCursor()

    def _hit(self, at: Pointer) -> Hit:
        return self.canvas.hit(*at.place)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        view = event.position().toPoint()
        return Pointer(self.canvas.mapToScene(view), view, event.modifiers())


def wheel(canvas: CanvasView, event: QWheelEvent) -> None:
    """A mouse wheel zooms at the pointer; two fingers on a touchpad move the paper, with Ctrl they zoom."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    is_touchpad = (
        event.device().type() == QInputDevice.DeviceType.TouchPad or event.phase() != Qt.ScrollPhase.NoScrollPhase
    )
    if is_touchpad and not control:
        distance = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        canvas.viewpoint.pan(distance)
    elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not control:
        turned = event.angleDelta()
        canvas.viewpoint.pan(QPoint(turned.y() or turned.x(), 0))
    else:
        canvas.viewpoint.zoom_by(ZOOM_PER_NOTCH ** (event.angleDelta().y() / NOTCH), event.position())
    event.accept()
