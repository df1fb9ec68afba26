"""Painting annotations: a halo around what is meant just now, and numbers below nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas import sizes
from app.canvas.annotations import AnnotatedRows
from app.canvas.captions import line, text_font
from app.canvas.node_form import Form
from app.canvas.picture import Picture
from app.canvas.primitives import draw_lines, draw_rectangles
from app.canvas.text_room import Room
from app.canvas.wire_layout import WireStyle

Array = np.ndarray[Any, np.dtype[Any]]
MOST_LINES = 80
"""If more nodes are in sight, numbers stand at the current ones only; if these are more, at none but on hovering."""
HALO, HALO_ALPHA = 7.0, 38
GLOW_WIDTH, GLOW_ALPHA = 7.0, 70
MANY_GLOWING, NARROW_GLOW, FAINT_GLOW = 24, 4.0, 36
"""From so many current wires on, each glows less."""
FAR_WIDTH = 2.5
TEXT_DISTANCE, CLOSE = 6.0, 10.0
GROUND_ALPHA = 215
MOST_GLOWING = 400
"""More current wires than these are drawn as thin lines."""


def paint_halos(painter: QPainter, picture: Picture, annotated: AnnotatedRows, detailed: bool) -> None:
    """Paint what lies behind the current nodes and wires, so that they stand out in the accent colour."""
    accent = picture.theme.colour("accent")
    _paint_wire_glow(painter, picture, annotated.current_wires, accent, detailed)
    nodes = picture.geometry.nodes.rows[annotated.current_nodes]
    painter.setBrush(_clear(accent, HALO_ALPHA) if detailed else Qt.BrushStyle.NoBrush)
    pen = QPen(accent, 1.8 if detailed else FAR_WIDTH)
    pen.setCosmetic(not detailed)
    painter.setPen(pen)
    width, height = nodes["width"] + 2 * HALO, nodes["height"] + 2 * HALO
    halos = np.column_stack([nodes["x"] - width / 2, nodes["y"] - height / 2, width, height])
    if not detailed or len(nodes) > sizes.MOST_DETAILED:
        draw_rectangles(painter, halos)
        return
    for (left, top, wide, high), form in zip(halos.tolist(), nodes["form"].tolist(), strict=True):
        area = QRectF(left, top, wide, high)
        if form == Form.NEURON:
            painter.drawEllipse(area)
        else:
            painter.drawRoundedRect(area, sizes.CORNER + HALO, sizes.CORNER + HALO)


def paint_node_lines(painter: QPainter, picture: Picture, annotated: AnnotatedRows, rows: Array) -> None:
    """Paint the numbers below these nodes, on a ground of their own so that wires do not cross them.

    Where neurons stand too close for all their texts, only the last line is written, at the lower edge.
    """
    nodes, ids = picture.geometry.nodes, picture.geometry.nodes.ids
    rooms = dict(zip(rows.tolist(), picture.text_room.of(rows).tolist(), strict=True))
    painter.setFont(text_font(strong=True))
    current = set(annotated.current_nodes.tolist())
    for row in shown_rows(picture, annotated, rows):
        texts = annotated.annotations.lines(ids[row])
        if not texts:
            continue
        node = nodes.rows[row]
        bottom = float(node["y"] + node["height"] / 2)
        if rooms[row] >= Room.ALL:
            y = bottom + TEXT_DISTANCE + sizes.LINE_HEIGHT * picture.text_room.subtitles(row)
        else:
            texts, y = texts[-1:], bottom - CLOSE
        colour = picture.theme.colour("accent" if row in current else "text")
        _paint_lines(painter, picture, texts, float(node["x"]), y, colour)


def _paint_lines(
    painter: QPainter, picture: Picture, texts: tuple[str, ...], x: float, y: float, colour: QColor
) -> None:
    lines = [line(text, strong=True) for text in texts]
    width = max(one.width for one in lines)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_clear(picture.theme.colour("paper"), GROUND_ALPHA))
    painter.drawRoundedRect(QRectF(x - width / 2 - 4, y, width + 8, sizes.LINE_HEIGHT * len(lines) + 1), 4, 4)
    painter.setPen(colour)
    for text in lines:
        painter.drawStaticText(QPointF(x - text.width / 2, y), text.text)
        y += sizes.LINE_HEIGHT


def shown_rows(picture: Picture, annotated: AnnotatedRows, rows: Array) -> list[int]:
    """Which of these nodes have their numbers written: all of few, else the current ones, and the one pointed at."""
    if len(rows) <= MOST_LINES:
        return [int(row) for row in rows]
    current = np.intersect1d(rows, annotated.current_nodes)
    chosen = set(current.tolist()) if len(current) <= MOST_LINES else set()
    marks = picture.marks
    pointed_at = frozenset(marks.selected | ({marks.hovered} if marks.hovered else set()))
    chosen |= set(picture.rows(pointed_at).tolist())
    return sorted(chosen & set(rows.tolist()))


def _paint_wire_glow(painter: QPainter, picture: Picture, rows: Array, accent: QColor, detailed: bool) -> None:
    layout = picture.geometry.layout
    if not len(rows):
        return
    if not detailed or len(rows) > MOST_GLOWING:
        pen = QPen(accent, FAR_WIDTH if len(rows) <= MOST_GLOWING else 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        draw_lines(painter, layout.chords(rows))
        return
    bundled = layout.style[rows] == WireStyle.BUNDLE
    pen = QPen(accent, 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    draw_lines(painter, layout.lines(rows[bundled])[0])
    width, alpha = (GLOW_WIDTH, GLOW_ALPHA) if len(rows) < MANY_GLOWING else (NARROW_GLOW, FAINT_GLOW)
    painter.setPen(QPen(_clear(accent, alpha), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    draw_lines(painter, layout.lines(rows[~bundled])[0])


def _clear(colour: QColor, alpha: int) -> QColor:
    """The colour, so much of it that what lies below shines through."""
    mixed = QColor(colour)
    mixed.setAlpha(alpha)
    return mixed
