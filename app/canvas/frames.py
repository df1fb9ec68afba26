"""The frames around blocks that are shown as their nodes, and the handles that expand and collapse blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.canvas import sizes
from app.canvas.captions import text_font
from app.canvas.hit import Hit, Part
from app.canvas.node_form import Form
from app.canvas.primitives import mixed
from graph_model.blocks.expanding import Expansion

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

TITLE = 22.0
PADDING = 8.0
INSIDE = 28.0
"""Further room for each frame inside."""
BELOW = 52.0
"""Room for the texts below the lowest nodes."""
HANDLE = 14.0
REACH = 3.0
SIGN = 3.5
ALPHA = 16


@dataclass(frozen=True)
class Frame:
    """Where a frame is, in scene units, and whose it is."""

    expansion: Expansion
    members: frozenset[str]
    area: QRectF

    def title(self, scale: float) -> QRectF:
        """The part above it by which it is taken hold of; never smaller on the screen than at 100 %."""
        height = TITLE / min(1.0, scale)
        return QRectF(self.area.left(), self.area.top() - height, self.area.width(), height)

    def handle(self, scale: float) -> QRectF:
        """The square that collapses it."""
        title, size = self.title(scale), HANDLE / min(1.0, scale)
        gap = (title.height() - size) / 2
        return QRectF(title.right() - size - gap, title.top() + gap, size, size)


class Frames:
    """Finds, paints and hits frames; they are where their nodes are."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self._key: tuple[object, ...] = ()
        self._frames: list[Frame] = []

    def frames(self) -> list[Frame]:
        """The frames of the open graph, the largest first, so that those inside lie above."""
        drawing, expansions = self.canvas.drawing, self.canvas.expansions
        shown = expansions.shown
        key = (id(drawing), drawing.geometry.revision, *(one.place.id for one in shown))
        if key != self._key:
            self._key = key
            found = [self._frame(one, frozenset(expansions.members(one))) for one in shown]
            self._frames = sorted(found, key=lambda frame: -len(frame.members))
        return self._frames

    def _frame(self, expansion: Expansion, members: frozenset[str]) -> Frame:
        nodes = self.canvas.drawing.geometry.nodes.rows[self.canvas.drawing.picture.rows(members)]
        across, down = np.maximum(nodes["width"] / 2, sizes.BESIDE / 2), nodes["height"] / 2
        left, right = float((nodes["x"] - across).min()), float((nodes["x"] + across).max())
        top, bottom = float((nodes["y"] - down).min()) - sizes.ABOVE, float((nodes["y"] + down).max()) + BELOW
        made = {node.id for node in expansion.made.values()}
        room = PADDING + INSIDE * sum(other.place.id in made for other in self.canvas.expansions.shown)
        return Frame(expansion, members, QRectF(QPointF(left - room, top - room), QPointF(right + room, bottom + room)))

    def paint(self, painter: QPainter, scale: float) -> None:
        """Paint the frames; they lie below the drawing."""
        for frame in self.frames():
            colour = self._colour(frame)
            pen = QPen(colour, 1.4)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(_clear(colour, ALPHA))
            painter.drawRoundedRect(frame.area, sizes.CORNER, sizes.CORNER)
            if scale >= sizes.CIRCLES_FROM:
                self._paint_title(painter, frame, colour, scale)

    def _paint_title(self, painter: QPainter, frame: Frame, colour: QColor, scale: float) -> None:
        title, factor = frame.title(scale), 1 / min(1.0, scale)
        painter.save()
        painter.translate(title.topLeft())
        painter.scale(factor, factor)
        font, room = text_font(strong=True), title.width() / factor - HANDLE - 16
        name = QFontMetricsF(font).elidedText(frame.expansion.place.name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(self.canvas.theme.colour("text"))
        place = QRectF(4, 0, room, TITLE)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()
        self._paint_handle(painter, frame.handle(scale), colour, plus=False)

    def paint_handles(self, painter: QPainter, scale: float) -> None:
        """Paint the handle on the block that is pointed at or selected; it lies above the drawing."""
        if scale < sizes.CIRCLES_FROM:
            return
        for node in self._with_handles():
            colour = self.canvas.theme.family_colour("Blocks")
            self._paint_handle(painter, self._expand_handle(node), colour, plus=True)

    def hit(self, x: float, y: float, scale: float) -> Hit | None:
        """The handle or the title of a frame at a point, or the handle of a block."""
        if scale < sizes.CIRCLES_FROM:
            return None
        for node in self._with_handles():
            if _near(self._expand_handle(node), x, y):
                return Hit(Part.EXPAND, node)
        for frame in reversed(self.frames()):
            if _near(frame.handle(scale), x, y):
                return Hit(Part.COLLAPSE, frame=frame.expansion.place.id)
            if frame.title(scale).contains(x, y):
                return Hit(Part.FRAME, frame=frame.expansion.place.id)
        return None

    def _with_handles(self) -> list[str]:
        """The blocks that can be expanded and are pointed at or selected alone."""
        marks, graph = self.canvas.drawing.picture.marks, self.canvas.session.graph
        chosen = {marks.hovered} | (set(marks.selected) if len(marks.selected) == 1 else set())
        geometry = self.canvas.drawing.geometry.nodes
        return [
            node
            for node in sorted(one for one in chosen if one is not None and one in geometry.row_of)
            if geometry["form"][geometry.row_of[node]] == Form.BLOCK and graph.has_node(node)
        ]

    def _expand_handle(self, node: str) -> QRectF:
        row = self.canvas.drawing.geometry.nodes.rows[self.canvas.drawing.geometry.nodes.row_of[node]]
        right, top = float(row["x"] + row["width"] / 2), float(row["y"] - row["height"] / 2)
        return QRectF(right - HANDLE - 4, top + 4, HANDLE, HANDLE)

    def _paint_handle(self, painter: QPainter, area: QRectF, colour: QColor, plus: bool) -> None:
        theme, centre, unit = self.canvas.theme, area.center(), area.width() / HANDLE
        painter.setPen(QPen(colour, 1.2 * unit))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(area, 3.5 * unit, 3.5 * unit)
        painter.setPen(QPen(theme.colour("text"), 1.5 * unit, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(centre - QPointF(SIGN * unit, 0), centre + QPointF(SIGN * unit, 0))
        if plus:
            painter.drawLine(centre - QPointF(0, SIGN * unit), centre + QPointF(0, SIGN * unit))

    def _colour(self, frame: Frame) -> QColor:
        own = frame.expansion.definition.colour
        theme = self.canvas.theme
        return mixed(theme.colour("paper"), QColor(own) if own else theme.family_colour("Blocks"), 0.8)


def _near(area: QRectF, x: float, y: float) -> bool:
    return area.adjusted(-REACH, -REACH, REACH, REACH).contains(x, y)


def _clear(colour: QColor, alpha: int) -> QColor:
    clear = QColor(colour)
    clear.setAlpha(alpha)
    return clear
