"""Arrays of numbers as arrays of Qt's drawing primitives, so that thousands are drawn by one call.

QPainter's C++ functions take a pointer and a count; PySide6 offers them as (first object, count). The first object is
a wrapper around the array's own memory, which must stay alive during the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Array = np.ndarray[Any, np.dtype[Any]]


def draw_lines(painter: QPainter, lines: Array) -> None:
    """Draw lines, given as rows of x1, y1, x2, y2, with the painter's pen."""
    if len(lines):
        memory = np.ascontiguousarray(lines, dtype=np.float64)
        painter.drawLines(shiboken6.wrapInstance(memory.ctypes.data, QLineF), len(memory))


def draw_rectangles(painter: QPainter, rectangles: Array) -> None:
    """Draw rectangles, given as rows of left, top, width, height, with the painter's pen and brush."""
    if len(rectangles):
        memory = np.ascontiguousarray(rectangles, dtype=np.float64)
        painter.drawRects(shiboken6.wrapInstance(memory.ctypes.data, QRectF), len(memory))


def draw_coloured_lines(
    painter: QPainter, lines: Array, colours: Array, palette: Sequence[QColor], width: float = 0.0
) -> None:
    """Draw lines, each in the palette's colour of its index.

    `width` 0 means one pixel at every zoom, which Qt draws many times faster than anything else as long as the colour
    is opaque.
    """
    for colour, start, stop, order in _groups(colours):
        painter.setPen(hairline(palette[colour]) if width == 0 else QPen(palette[colour], width))
        draw_lines(painter, lines[order[start:stop]])


def draw_coloured_rectangles(painter: QPainter, rectangles: Array, colours: Array, palette: Sequence[QColor]) -> None:
    """Fill rectangles, each with the palette's colour of its index."""
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, start, stop, order in _groups(colours):
        painter.setBrush(palette[colour])
        draw_rectangles(painter, rectangles[order[start:stop]])


def hairline(colour: QColor) -> QPen:
    """A pen of one pixel at every zoom."""
    pen = QPen(colour, 1)
    pen.setCosmetic(True)
    return pen


def mixed(one: QColor, other: QColor, part: float) -> QColor:
    """The colour that `part` of `other` over `one` gives. Mixing beforehand keeps pens opaque, hence fast."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * part,
        one.greenF() + (other.greenF() - one.greenF()) * part,
        one.blueF() + (other.blueF() - one.blueF()) * part,
    )


def _groups(colours: Array) -> list[tuple[int, int, int, Array]]:
    """Runs of equal colours: (colour, start, stop, order)."""
    if len(colours) == 0:
        return []
    order = np.argsort(colours, kind="stable")
    ordered = colours[order]
    cuts = np.flatnonzero(np.diff(ordered)) + 1
    starts, stops = np.concatenate([[0], cuts]), np.concatenate([cuts, [len(ordered)]])
    return [(int(ordered[start]), int(start), int(stop), order) for start, stop in zip(starts, stops, strict=True)]
