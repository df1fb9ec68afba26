"""Typing a weight in place: the field over a wire, and going from wire to wire with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.canvas.inline_editor import InlineEditor
from app.canvas.weight_chips import editing_text
from app.session.carried import carried
from app.session.editor_session import EditorSession
from graph_model import EditError, Wire
from graph_model.typed_values import current_weight, set_weight
from graph_model.weight_text import read_weight

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

LEAST_WIDTH = 84


class WeightEditor(InlineEditor):
    """A field over a wire's weight. Tab takes what was typed and goes to the next weight of the same neuron."""

    next_wanted = Signal(bool)
    """Forward or backward."""

    def __init__(self, session: EditorSession, wire: Wire, parent: QWidget) -> None:
        self.former = editing_text(current_weight(session.level, wire))
        super().__init__(self.former, LEAST_WIDTH, parent)
        self.session, self.wire = session, wire.id
        self.setAccessibleName(self.tr("Weight"))
        self.setPlaceholderText(self.tr("random"))

    def take(self) -> str | None:
        """Give the wire the typed weight."""
        graph = self.session.graph
        if not graph.has_wire(self.wire) or self.text() == self.former:
            return None
        try:
            weight = read_weight(self.text(), carried(self.session, graph.wire(self.wire)))
            self.session.apply(set_weight(graph, [self.wire], weight), self.tr("Change weight"))
        except EditError as error:
            return str(error)
        return None

    def event(self, event: QEvent) -> bool:
        """Tab and Shift+Tab stay among the neuron's weights."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            forward = event.key() == Qt.Key.Key_Tab
            if forward or event.key() == Qt.Key.Key_Backtab:
                if self.apply():
                    self.next_wanted.emit(forward)
                return True
        return bool(super().event(event))


class WeightEditing:
    """At most one weight is edited at a time."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.editor: WeightEditor | None = None

    def start(self, wire_id: str, typed: str | None = None) -> None:
        """Edit the weight of a wire in place; `typed`: what was typed already, in the place of what stands there."""
        canvas, geometry = self.canvas, self.canvas.drawing.geometry
        if self.editor is not None:
            self.editor.close_field()
        canvas.session.select((), {wire_id})
        chip = canvas.drawing.picture.chips.of(geometry.wires.row_of[wire_id])
        if not canvas.visible_area().contains(chip.x, chip.y):
            canvas.viewpoint.look_at(QPointF(chip.x, chip.y))
        self.editor = WeightEditor(canvas.session, canvas.session.graph.wire(wire_id), canvas)
        self.editor.closed.connect(self._closed)
        self.editor.next_wanted.connect(self._go_on)
        self.editor.show_at(canvas.mapFromScene(QPointF(chip.x, chip.y)))
        if typed is not None:
            self.editor.setText(typed)

    def can_start(self) -> str | None:
        """The only selected wire, if it carries a weight."""
        session = self.canvas.session
        if session.selection or len(session.selected_wires) != 1:
            return None
        (wire,) = session.selected_wires
        return wire if session.graph.kind_of(session.graph.wire(wire).target).weighs_wires else None

    def _go_on(self, forward: bool) -> None:
        """Edit the next weight of the same neuron, or the one before; after the last comes the first."""
        assert self.editor is not None
        graph, wire = self.canvas.session.graph, self.editor.wire
        self.editor.close_field()
        if graph.has_wire(wire):
            arriving = [other.id for other in graph.incoming(graph.wire(wire).target)]
            self.start(arriving[(arriving.index(wire) + (1 if forward else -1)) % len(arriving)])

    def _closed(self) -> None:
        self.editor = None
        if shiboken6.isValid(self.canvas):
            self.canvas.setFocus()
