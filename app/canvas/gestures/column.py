"""Drawing a column of neurons: the handle below the selected ones is dragged down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.canvas import sizes
from app.canvas.captions import name_font
from app.canvas.gestures.gesture import Gesture, Pointer
from graph_model import EditError
from graph_model.copying import Copies, column_pitch, column_places, extend_column

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

MOST = 400
BESIDE = 14.0


class ColumnGesture(Gesture):
    """Adds copies of the selected neurons below them, with the same wires, as many as fit above the pointer."""

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(self, canvas: CanvasView, start: Pointer) -> None:
        super().__init__(canvas, start)
        graph = canvas.session.graph
        self.column = sorted(canvas.session.selection, key=lambda node: graph.node(node).position[1])
        self.pitch = column_pitch(graph, self.column, sizes.NEURON_PITCH)
        self.last = graph.node(self.column[-1]).position
        self.places: list[tuple[float, float]] = []

    def move(self, at: Pointer) -> None:
        if self.begins_to_drag(at):
            deepest = at.scene.y() - sizes.NEURON / 2 + self.pitch / 2
            room = max(0, min(MOST, int((deepest - self.last[1]) / self.pitch)))
            free = column_places(self.canvas.session.graph, self.column, room, self.pitch)
            self.places = [place for place in free if place[1] <= deepest]

    def end(self, at: Pointer) -> None:
        self.move(at)
        if self.places:
            add_below(self.canvas, self.column, len(self.places), self.pitch)

    def paint(self, painter: QPainter, scale: float) -> None:
        if not self.dragging:
            return
        theme = self.canvas.theme
        painter.setPen(QPen(theme.colour("accent"), 1.4 / min(1.0, scale), Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place in self.places:
            painter.drawEllipse(QPointF(*place), sizes.NEURON / 2, sizes.NEURON / 2)
        painter.setFont(name_font())
        painter.setPen(theme.colour("text"))
        x, below = self.places[-1] if self.places else self.last
        beside = QRectF(x + sizes.NEURON / 2 + BESIDE, below - 12, 240, 24)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, self.words())

    def words(self) -> str:
        """How many the column will have."""
        graph = self.canvas.session.graph
        are_neurons = all(graph.kind_of(node).inputs for node in self.column)
        words = self.canvas.tr("{} neurons") if are_neurons else self.canvas.tr("{} inputs")
        total = len(self.column) + len(self.places)
        return words.format(total) if total > 1 else self.canvas.tr("drag down for more")


def add_below(canvas: CanvasView, column: list[str], count: int, pitch: float) -> None:
    """Add copies below a column, as one step, and select the whole."""
    session = canvas.session
    try:
        copies: Copies = extend_column(session.graph, column, count, pitch)
        session.apply_whole(
            copies.with_weights(session.document, session.level.definition_id), canvas.tr("Column of neurons")
        )
    except EditError as error:
        canvas.say(str(error))
        return
    session.select({*column, *(node.id for node in copies.edit.nodes)})
    if copies.left_out:
        canvas.say(copies.left_out[0])
