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
ROW_BYTES = 4 * 8


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
    painter: QPainter,
    lines: Array,
    colours: Array,
    palette: Sequence[QColor],
    width: float = 0.0,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """Draw lines, each in the palette's colour of its index.

    `width` 0 means one pixel at every zoom, which Qt draws many times faster than anything else as long as the colour
    is opaque.
    """
    memory, groups = _by_colour(lines, colours)
    for colour, start, stop in groups:
        painter.setPen(hairline(palette[colour]) if width == 0 else QPen(palette[colour], width, style))
        painter.drawLines(shiboken6.wrapInstance(memory.ctypes.data + start * ROW_BYTES, QLineF), stop - start)


def draw_coloured_rectangles(painter: QPainter, rectangles: Array, colours: Array, palette: Sequence[QColor]) -> None:
    """Fill rectangles, each with the palette's colour of its index."""
    painter.setPen(Qt.PenStyle.NoPen)
    memory, groups = _by_colour(rectangles, colours)
    for colour, start, stop in groups:
        painter.setBrush(palette[colour])
        painter.drawRects(shiboken6.wrapInstance(memory.ctypes.data + start * ROW_BYTES, QRectF), stop - start)


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


def _by_colour(rows: Array, colours: Array) -> tuple[Array, list[tuple[int, int, int]]]:
    """Rows sorted by colour, and the runs of equal colours: (colour, start, stop)."""
    if len(colours) == 0:
        return rows, []
    order = np.argsort(colours, kind="stable")
    ordered = colours[order]
    cuts = np.flatnonzero(np.diff(ordered)) + 1
    starts, stops = [0, *cuts.tolist()], [*cuts.tolist(), len(ordered)]
    memory = np.ascontiguousarray(rows[order], dtype=np.float64)
    return memory, list(zip(ordered[starts].tolist(), starts, stops, strict=True))
