"""Painting the drawing: a function of a picture, an area and a scale, for the view, the file and the tests alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.canvas import sizes
from app.canvas.column_handle import paint_handle
from app.canvas.far_texts import paint_far_texts
from app.canvas.paint_annotations import paint_halos, paint_node_lines
from app.canvas.paint_chips import paint_weight_chips
from app.canvas.paint_fields import paint_fields
from app.canvas.paint_nodes import paint_bars, paint_nodes, paint_ports
from app.canvas.paint_orders import paint_orders
from app.canvas.paint_ports import paint_port_names
from app.canvas.paint_texts import paint_captions, paint_flows, paint_problem_marks
from app.canvas.paint_wires import paint_marked_wires, paint_wires
from app.canvas.picture import FAINT, Picture
from app.canvas.primitives import draw_rectangles
from app.theme import Theme

Array = np.ndarray[Any, np.dtype[Any]]
FEWEST_PIXELS_BETWEEN_DOTS = 14.0
DOT = 1.5
"""Size of a dot in pixels; its corner lies on whole pixels, so that all dots look alike."""


def paint_picture(painter: QPainter, picture: Picture, area: QRectF, scale: float) -> None:
    """Paint what of the drawing lies in `area` (scene units); `scale`: pixels for each scene unit."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edges = (area.left(), area.top(), area.right(), area.bottom())
    rows = picture.geometry.nodes_in(*edges, margin=scale >= sizes.TEXT_FROM)
    wires = picture.geometry.layout.wires_in(*edges)
    if picture.marks.hidden_wire is not None:
        hidden = picture.wire_rows(frozenset((picture.marks.hidden_wire,)))
        wires = np.setdiff1d(wires, hidden)
    detailed = scale >= sizes.CIRCLES_FROM and len(rows) <= sizes.MOST_DETAILED
    annotated = picture.annotated
    if annotated is not None:
        faint_node, faint_wire = annotated.is_faint_node(rows), annotated.is_faint_wire(wires)
        _paint_faintly(painter, picture, rows[faint_node], wires[faint_wire], scale, detailed)
        rows, wires = rows[~faint_node], wires[~faint_wire]
        paint_halos(painter, picture, annotated, detailed)
    paint_wires(painter, picture, wires, scale, detailed)
    paint_marked_wires(painter, picture, detailed)
    if not detailed:
        paint_bars(painter, picture, rows, scale)
        paint_far_texts(painter, picture, rows)
        return
    paint_nodes(painter, picture, rows, scale)
    paint_fields(painter, picture, rows)
    paint_ports(painter, picture, rows, scale)
    paint_port_names(painter, picture, rows, scale)
    paint_handle(painter, picture)
    paint_flows(painter, picture, wires, scale)
    paint_weight_chips(painter, picture, wires, scale)
    paint_orders(painter, picture, scale)
    if scale >= sizes.TEXT_FROM:
        paint_captions(painter, picture, rows, scale)
        if annotated is not None:
            paint_node_lines(painter, picture, annotated, rows)
    else:
        paint_far_texts(painter, picture, rows)
    paint_problem_marks(painter, picture, rows)


def _paint_faintly(
    painter: QPainter, picture: Picture, rows: Array, wires: Array, scale: float, detailed: bool
) -> None:
    """Paint what steps back. Lines and bars have colours mixed with paper, for clear pens are slow."""
    with picture.faint_colours():
        paint_wires(painter, picture, wires, scale, detailed)
        if not detailed:
            paint_bars(painter, picture, rows, scale)
            return
    painter.setOpacity(FAINT)
    paint_nodes(painter, picture, rows, scale)
    paint_ports(painter, picture, rows, scale)
    paint_weight_chips(painter, picture, wires, scale)
    if scale >= sizes.TEXT_FROM:
        paint_captions(painter, picture, rows, scale)
    painter.setOpacity(1.0)
    paint_problem_marks(painter, picture, rows)


def paint_paper(painter: QPainter, theme: Theme, area: QRectF, scale: float) -> None:
    """Paint the background with its grid of dots, which thins out when seen from afar."""
    painter.fillRect(area, theme.colour("paper"))
    distance = sizes.DOT_DISTANCE
    while distance * scale < FEWEST_PIXELS_BETWEEN_DOTS:
        distance *= 2
    xs = np.arange(math.floor(area.left() / distance), math.ceil(area.right() / distance) + 1) * distance
    ys = np.arange(math.floor(area.top() / distance), math.ceil(area.bottom() / distance) + 1) * distance
    world = painter.worldTransform()
    dots = np.empty((len(xs), len(ys), 4))
    dots[:, :, 0] = np.rint(xs * world.m11() + world.dx())[:, None]
    dots[:, :, 1] = np.rint(ys * world.m22() + world.dy())[None, :]
    dots[:, :, 2:] = DOT
    painter.resetTransform()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("grid"))
    draw_rectangles(painter, dots.reshape(-1, 4))
    painter.setWorldTransform(world)
