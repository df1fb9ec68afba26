"""Names and values when the drawing is far away: as large as on any page, wherever there is room for them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.canvas.captions import text_font
from app.canvas.picture import Picture
from app.training.number_text import scientific

Array = np.ndarray[Any, np.dtype[Any]]
MOST_NAMED = 80
"""If more nodes are in sight, none is named: the drawing is looked at as a whole."""
GAP, MARGIN = 3.0, 2.0
LINES = 2
"""On how many lines above its node a name may stand, and below it a value: on the first where there is room."""
WIDEST, LEAST = 130.0, 30.0
"""Pixels: a longer name ends in '…'; where there is less room than the least, it is left out."""


class Label(NamedTuple):
    """A text and where it stands, in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def paint_far_texts(painter: QPainter, picture: Picture, rows: Array) -> None:
    """Write the names of these nodes above them and their values below, in pixels, as far as none covers another."""
    if not 0 < len(rows) <= MOST_NAMED:
        return
    world = painter.worldTransform()
    nodes = picture.geometry.nodes.rows[rows]
    x, y = nodes["x"] * world.m11() + world.dx(), nodes["y"] * world.m22() + world.dy()
    wide, high = nodes["width"] * world.m11() / 2, nodes["height"] * world.m22() / 2
    bodies = [Label("", *sides) for sides in np.column_stack([x - wide, y - high, x + wide, y + high]).tolist()]
    labels = far_labels(picture, rows, bodies)
    painter.save()
    painter.resetTransform()
    painter.setFont(text_font(strong=True))
    painter.setBrush(picture.theme.colour("paper"))
    for label in labels:
        area = QRectF(QPointF(label.left, label.top), QPointF(label.right, label.bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, 3, 3)
        painter.setPen(picture.theme.colour("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, label.text)
    painter.restore()


def far_labels(picture: Picture, rows: Array, bodies: list[Label]) -> list[Label]:
    """What is written about these nodes and where, beginning from the left; `bodies`: where they stand, in pixels."""
    ids = [picture.geometry.nodes.ids[row] for row in rows.tolist()]
    high = QFontMetricsF(text_font(strong=True)).height()
    taken, labels = list(bodies), []

    def put(text: str, body: Label, tops: list[float], least: float) -> None:
        label = _placed(text, (body.left + body.right) / 2, tops, taken, least)
        if label is not None:
            labels.append(label)
            taken.append(label)

    for body, identifier in sorted(zip(bodies, ids, strict=True), key=lambda pair: (pair[0].left, pair[0].top)):
        above = body.top - GAP - high
        put(picture.graph.node(identifier).name, body, [above - line * high for line in range(LINES)], LEAST)
    values = {node: [scientific(value)] for node, value in picture.written_values.items()}
    for body, identifier in zip(bodies, ids, strict=True):
        below = body.bottom + GAP
        for number, text in enumerate(picture.annotated_lines(identifier) or values.get(identifier, ())):
            put(text, body, [below + line * high for line in range(LINES + number)], WIDEST)
    return labels


def _placed(text: str, middle: float, tops: list[float], taken: list[Label], least: float) -> Label | None:
    """The text whole at the first of these heights where there is room for it, else shortened; None with less room
    than the least (a shortened number would be another number)."""
    metrics = QFontMetricsF(text_font(strong=True))
    high, wanted = metrics.height(), metrics.horizontalAdvance(text)
    rooms = [(_room(middle, top, high, taken), top) for top in tops]
    room, top = next((place for place in rooms if place[0] >= wanted), rooms[0])
    if room < min(least, wanted):
        return None
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    half = metrics.horizontalAdvance(shown) / 2 + MARGIN
    return Label(shown, middle - half, top, middle + half, top + high)


def _room(middle: float, top: float, high: float, taken: list[Label]) -> float:
    """How wide a text may be that stands around a middle, before it comes to what is taken already."""
    half = WIDEST / 2
    for _, left, upper, right, lower in taken:
        if upper < top + high and lower > top:
            if left <= middle <= right:
                return 0.0
            half = min(half, max(left - middle, middle - right) - GAP - MARGIN)
    return 2 * half
