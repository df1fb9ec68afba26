"""Painting the order in which neurons are gathered where they arrive: small numbers at their wires."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.canvas import sizes
from app.canvas.captions import line, text_font
from app.canvas.picture import Picture
from app.canvas.primitives import hairline

Array = np.ndarray[Any, np.dtype[Any]]
MOST = 64
RADIUS = 8.0
BEFORE_END = 18.0
BESIDE = 0.8
"""How far from a neuron's middle a number stands, to the right and down, as a part of its radius."""


def paint_orders(painter: QPainter, picture: Picture, scale: float) -> None:
    """Paint the places of the neurons that are gathered at the node under the pointer, and at those selected."""
    if scale < sizes.TEXT_FROM:
        return
    marks = picture.marks
    looked_at = marks.selected | ({marks.hovered} if marks.hovered else set())
    for row in picture.rows(frozenset(looked_at)).tolist():
        wires = gathered_wires(picture, row)
        if 1 < len(wires) <= MOST:
            _paint_numbers(painter, picture, wires)


def gathered_wires(picture: Picture, row: int) -> Array:
    """Rows of the wires from neurons that are gathered at a node, in their order."""
    geometry = picture.geometry
    if geometry.nodes["picks"][row]:
        return np.empty(0, np.int64)
    wires = np.flatnonzero(geometry.wires["target"] == row)
    wires = wires[geometry.nodes["scalar"][geometry.wires["source"][wires]]]
    ordered: Array = wires[np.argsort(geometry.wires["order"][wires], kind="stable")]
    return ordered


def number_places(picture: Picture, wires: Array) -> Array:
    """Where the numbers of gathered wires stand, as (wires, 2): before their ends, or beside the neurons
    from which they come if all end at one point."""
    layout, nodes = picture.geometry.layout, picture.geometry.nodes.rows
    ends = np.column_stack([layout.x2[wires], layout.y2[wires]])
    if len(np.unique(layout.y2[wires])) < len(wires):
        sources = nodes[picture.geometry.wires["source"][wires]]
        beside = sources["width"] / 2 * BESIDE
        return np.column_stack([sources["x"] + beside, sources["y"] + beside])
    way = np.column_stack([layout.x1[wires], layout.y1[wires]]) - ends
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1.0)
    places: Array = ends + way * np.minimum(BEFORE_END / length, 0.5)[:, None]
    return places


def _paint_numbers(painter: QPainter, picture: Picture, wires: Array) -> None:
    theme = picture.theme
    painter.setFont(text_font())
    for number, (x, y) in enumerate(number_places(picture, wires).tolist(), 1):
        painter.setPen(hairline(theme.colour("muted_text")))
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(QPointF(x, y), RADIUS, RADIUS)
        text = line(str(number))
        painter.setPen(theme.colour("text"))
        painter.drawStaticText(QPointF(x - text.width / 2, y - text.text.size().height() / 2), text.text)
