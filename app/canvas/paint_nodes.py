"""Painting nodes: columns of neurons, stacks of feature maps, cards and single neurons; from afar, plain bars."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.canvas import sizes
from app.canvas.node_looks import NodeLook, NodeLooks
from app.canvas.picture import RAMP, Picture
from app.canvas.primitives import draw_coloured_rectangles, draw_rectangles, hairline
from app.canvas.sprites import LARGEST_SCALE

Array = np.ndarray[Any, np.dtype[Any]]
LEAST_PIXELS = 2.0
EVEN = ~1
"""From afar, every second colour of the ramp is enough, and halves the calls."""


def paint_bars(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint nodes as plain bars, each colour by one call."""
    nodes = picture.geometry.nodes.rows[rows]
    width, height = (np.maximum(nodes[side], LEAST_PIXELS / scale) for side in ("width", "height"))
    bars = np.column_stack([nodes["x"] - width / 2, nodes["y"] - height / 2, width, height])
    values = picture.value_indices()[rows]
    colours = np.where(values >= 0, values & EVEN, RAMP + nodes["family"].astype(np.int64))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(rows) < sizes.MOST_DETAILED)
    draw_coloured_rectangles(painter, bars, colours, picture.bar_colours)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for marked, colour in (
        (picture.rows(picture.marks.problems), "problem"),
        (picture.rows(picture.marks.selected), "accent"),
    ):
        chosen = np.isin(rows, marked) if len(marked) else np.zeros(len(rows), bool)
        if chosen.any():
            pen = hairline(picture.theme.colour(colour))
            pen.setWidthF(2.0)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            draw_rectangles(painter, bars[chosen])


def paint_nodes(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint nodes in full, without their texts."""
    looks = NodeLooks(picture)
    nodes, ids, values = picture.geometry.nodes, picture.geometry.nodes.ids, picture.value_indices()
    sprites = picture.sprites if scale <= LARGEST_SCALE else None
    for row, value in zip(rows.tolist(), values[rows].tolist(), strict=True):
        x, y, width, height, form, shown, _, family, *_ = nodes.rows[row].item()
        body = QRectF(x - width / 2, y - height / 2, width, height)
        colour = looks.block_colour(ids[row], form)
        look = NodeLook(form, shown, family, value, looks.outline(ids[row]), looks.glyph_name(ids[row], form), colour)
        if sprites is None:
            looks.paint(painter, body, look)
        else:
            key = (look, width, height)
            sprites.draw(painter, key, body, scale, lambda on, at, look=look: looks.paint(on, at, look))


def paint_ports(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint the ports that wires can start from or end at: free ones always, all of a node that is pointed at."""
    geometry, marks = picture.geometry, picture.marks
    count = len(geometry.nodes)
    wired_out = np.bincount(geometry.wires["source"], minlength=count)
    wired_in = np.bincount(geometry.wires["target"], minlength=count)
    theme = picture.theme
    plain, fill = QPen(theme.colour("wire"), 1.3), theme.colour("surface")
    for row in rows.tolist():
        node, identifier = geometry.nodes.rows[row], geometry.nodes.ids[row]
        near = identifier in (marks.hovered, marks.highlighted) or identifier in marks.selected
        for is_output, free in ((False, wired_in[row] == 0), (True, wired_out[row] == 0)):
            may_end = marks.open_ports.get(identifier) if not is_output else None
            if may_end is False or not (free or near or may_end):
                continue
            painter.setPen(QPen(theme.colour("accent"), 1.6) if may_end else plain)
            painter.setBrush(fill)
            radius = sizes.PORT + (1.5 if may_end or near else 0.0)
            for x, y in port_places(node, is_output):
                painter.drawEllipse(QPointF(x, y), radius, radius)


def port_places(node: Any, is_output: bool) -> list[tuple[float, float]]:
    """Where a node's input or output ports are, by its row of the geometry."""
    count = int(node["outputs" if is_output else "inputs"])
    side = 0.5 if is_output else -0.5
    x, top = float(node["x"] + side * node["width"]), float(node["y"] - node["height"] / 2)
    return [(x, top + float(node["height"]) * (port + 1) / (count + 1)) for port in range(count)]
