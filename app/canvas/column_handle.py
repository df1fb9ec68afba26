"""The handle below selected neurons, by which a column of them is drawn."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.canvas.picture import Picture
from graph_model.connecting import SAME_COLUMN

WIDTH, HEIGHT = 22.0, 12.0
REACH = 3.0
MOST_SELECTED = 200
ARROW = (3.0, 1.6)


def handle_place(picture: Picture) -> tuple[float, float] | None:
    """The middle of the handle: at the lowest of the selected neurons if they stand in one column, else None."""
    selected = picture.marks.selected
    if not selected or len(selected) > MOST_SELECTED:
        return None
    nodes = picture.geometry.nodes.rows[picture.rows(selected)]
    if not len(nodes) or not nodes["scalar"].all() or np.ptp(nodes["x"]) > SAME_COLUMN:
        return None
    lowest = nodes[int(nodes["y"].argmax())]
    return (float(lowest["x"]), float(lowest["y"] + lowest["height"] / 2))


def handle_at(picture: Picture, x: float, y: float) -> bool:
    """Whether the handle is at a point."""
    place = handle_place(picture)
    if place is None:
        return False
    return abs(x - place[0]) <= WIDTH / 2 + REACH and abs(y - place[1]) <= HEIGHT / 2 + REACH


def paint_handle(painter: QPainter, picture: Picture) -> None:
    """Paint the handle, an arrow down on the edge of the lowest selected neuron."""
    place = handle_place(picture)
    if place is None:
        return
    centre, theme = QPointF(*place), picture.theme
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    body = QRectF(centre.x() - WIDTH / 2, centre.y() - HEIGHT / 2, WIDTH, HEIGHT)
    painter.drawRoundedRect(body, HEIGHT / 2, HEIGHT / 2)
    painter.setPen(QPen(theme.colour("accent_text"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    side, down = ARROW
    tip = centre + QPointF(0, down)
    painter.drawPolyline([centre + QPointF(-side, -down), tip, centre + QPointF(side, -down)])
