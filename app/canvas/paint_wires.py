"""Painting wires: bundles, curves and weighted lines, all wires of one colour by one call."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.picture import (
    BUNDLED_WIRE,
    FADED_WIRE,
    NEGATIVE_WIRE,
    PLAIN_WIRE,
    POSITIVE_WIRE,
    RAMP,
    SELECTED_WIRE,
    TIED_WIRE,
    Picture,
)
from app.canvas.primitives import draw_coloured_lines, draw_lines, hairline
from app.canvas.wire_layout import WireLayout, WireStyle

Array = np.ndarray[Any, np.dtype[Any]]

MOST_SMOOTH = 4_000
"""More lines than these are drawn without smoothing."""
MOST_FULL_BUNDLES = 48
MOST_WEIGHTED = 400
MOST_SMOOTH_CURVES = 80
"""More curves than these are drawn as thin polylines, by one call."""
SMOOTH_FROM = 0.4
CURVE_WIDTH = 1.6
DASHES = Qt.PenStyle.DashLine
"""How wires are drawn whose weight training does not change."""
WEIGHT_WIDTHS = (1.0, 1.8, 2.7, 3.8)
"""Widths of weighted wires, by quarters of the largest weight..."""
THINNER = ((200, 0.35), (60, 0.6), (0, 1.0))
"""... and how much thinner they are if there are more than so many."""


def paint_wires(painter: QPainter, picture: Picture, rows: Array, scale: float, detailed: bool) -> None:
    """Paint these wires; from afar as straight lines."""
    if not len(rows):
        return
    layout = picture.geometry.layout
    colours = _colours(picture, rows)
    if detailed and picture.watched_neuron is not None:
        rows, colours = _paint_faded(painter, picture, rows, colours)
    if not detailed:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(rows) < MOST_SMOOTH)
        coarse = np.where(colours < RAMP, colours & ~1, colours)
        draw_coloured_lines(painter, layout.chords(rows), coarse, picture.colours)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return
    style = layout.style[rows]
    weighted = layout.weighed[rows] & (style == WireStyle.LINE)
    if weighted.any() and weighted.sum() <= MOST_WEIGHTED:
        frozen = picture.geometry.wires["frozen"][rows]
        for chosen, pen_style in ((weighted & ~frozen, Qt.PenStyle.SolidLine), (weighted & frozen, DASHES)):
            _paint_weighted(painter, picture, rows[chosen], colours[chosen], pen_style)
        rows, colours, style = rows[~weighted], colours[~weighted], style[~weighted]
    bundled = style == WireStyle.BUNDLE
    colour_of_row = np.zeros(len(picture.geometry.wires), np.int64)
    colour_of_row[rows] = colours
    lines, owners = layout.lines(rows[bundled], sparse=int(bundled.sum()) > MOST_FULL_BUNDLES)
    draw_coloured_lines(painter, lines, colour_of_row[owners], picture.colours)
    single = rows[~bundled]
    if scale > SMOOTH_FROM and len(single) <= MOST_SMOOTH_CURVES:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, colour in zip(_paths(layout, single), colour_of_row[single].tolist(), strict=True):
            painter.setPen(_rounded(picture.colours[colour], CURVE_WIDTH))
            painter.drawPath(path)
    else:
        lines, owners = layout.lines(single)
        draw_coloured_lines(painter, lines, colour_of_row[owners], picture.colours)


def _paint_faded(painter: QPainter, picture: Picture, rows: Array, colours: Array) -> tuple[Array, Array]:
    """Paint the wires that do not arrive at the neuron under the pointer; return those that do, with their colours:
    shared weights are seen by the colours of their ties."""
    stands_out = np.isin(rows, picture.watched_wires())
    lines, _ = picture.geometry.layout.lines(rows[~stands_out], sparse=True)
    painter.setPen(hairline(picture.colours[FADED_WIRE]))
    draw_lines(painter, lines)
    rows, colours = rows[stands_out], colours[stands_out]
    ties = picture.geometry.wires["tie"][rows]
    shown = (ties >= 0) & (colours >= PLAIN_WIRE)
    return rows, np.where(shown, TIED_WIRE + ties % len(picture.theme.ties), colours)


def paint_marked_wires(painter: QPainter, picture: Picture, detailed: bool) -> None:
    """Paint the selected wires, and the one under the pointer with those that share its weight, over the others."""
    marked = set(picture.marks.selected_wires)
    if picture.marks.hovered_wire is not None:
        marked |= {picture.marks.hovered_wire, *picture.graph.with_tied((picture.marks.hovered_wire,))}
    marked.discard(picture.marks.hidden_wire or "")
    rows = picture.wire_rows(frozenset(marked))
    if not len(rows):
        return
    layout = picture.geometry.layout
    accent = picture.colours[SELECTED_WIRE]
    if not detailed:
        painter.setPen(_rounded(accent, 2.0, cosmetic=True))
        draw_lines(painter, layout.chords(rows))
        return
    bundled = layout.style[rows] == WireStyle.BUNDLE
    painter.setPen(hairline(accent))
    draw_lines(painter, layout.lines(rows[bundled])[0])
    painter.setPen(_rounded(accent, CURVE_WIDTH + 0.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for path in _paths(layout, rows[~bundled]):
        painter.drawPath(path)


def _paint_weighted(
    painter: QPainter, picture: Picture, rows: Array, colours: Array, pen_style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> None:
    if not len(rows):
        return
    layout = picture.geometry.layout
    weights = np.nan_to_num(picture.geometry.wires["weight"][rows])
    largest = float(np.nanmax(np.abs(picture.geometry.wires["weight"]), initial=0.0)) or 1.0
    width = np.minimum((np.abs(weights) / largest * len(WEIGHT_WIDTHS)).astype(np.int64), len(WEIGHT_WIDTHS) - 1)
    signed = np.where(weights < 0, NEGATIVE_WIRE, POSITIVE_WIRE)
    colours = np.where((colours >= PLAIN_WIRE) & (colours < TIED_WIRE) & (weights != 0), signed, colours)
    lines = layout.chords(rows)
    thinner = next(factor for count, factor in THINNER if len(picture.geometry.wires) >= count)
    for group, points in enumerate(thinner * points for points in WEIGHT_WIDTHS):
        chosen = width == group
        draw_coloured_lines(painter, lines[chosen], colours[chosen], picture.colours, points, pen_style)


def _colours(picture: Picture, rows: Array) -> Array:
    """Each wire has the colour of its own value, else of that of the node where it arrives, if there is one."""
    index = picture.wire_value_indices(rows)
    plain = np.where(picture.geometry.layout.style[rows] == WireStyle.BUNDLE, BUNDLED_WIRE, PLAIN_WIRE)
    return np.where(index >= 0, index, plain)


def _paths(layout: WireLayout, rows: Array) -> list[QPainterPath]:
    """The paths of wires that are not bundles."""
    paths = []
    for style, points in zip(layout.style[rows].tolist(), layout.controls(rows).tolist(), strict=True):
        path = QPainterPath(QPointF(*points[0]))
        if style == WireStyle.LINE:
            path.lineTo(*points[3])
        else:
            path.cubicTo(*points[1], *points[2], *points[3])
        paths.append(path)
    return paths


def _rounded(colour: QColor, width: float, cosmetic: bool = False) -> QPen:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setCosmetic(cosmetic)
    return pen
