"""Painting receptive fields: which pixels of a feature map the neuron under the pointer sees, and with which weight."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.canvas.feature_maps import LARGEST_GRID, pixel_rectangles, plane_rectangle
from app.canvas.picture import RAMP, Picture
from app.canvas.primitives import draw_lines, hairline, mixed

Array = np.ndarray[Any, np.dtype[Any]]


def paint_fields(painter: QPainter, picture: Picture, rows: Array) -> None:
    """Paint the pixels of small maps from which neurons pick, and over them the field that is being looked at."""
    geometry = picture.geometry
    on_map = np.flatnonzero(geometry.layout.on_map)
    if not len(on_map):
        return
    for row in np.intersect1d(rows, geometry.wires["source"][on_map]).tolist():
        _paint_grid(painter, picture, geometry.nodes.rows[row], int(geometry.nodes["family"][row]))
    _paint_field(painter, picture, np.intersect1d(_looked_at(picture), on_map))


def _looked_at(picture: Picture) -> Array:
    """The wires under the pointer, or else those of the neuron or the wires that are selected."""
    watched, marks = picture.watched_wires(), picture.marks
    if len(watched):
        return watched
    arriving = np.isin(picture.geometry.wires["target"], picture.rows(marks.selected))
    return np.union1d(np.flatnonzero(arriving), picture.wire_rows(marks.selected_wires))


def _paint_grid(painter: QPainter, picture: Picture, node: Any, family: int) -> None:
    rows, columns = int(node["map_rows"]), int(node["map_columns"])
    if max(rows, columns) > LARGEST_GRID:
        return
    left, top, width, height = (float(side) for side in plane_rectangle(node))
    xs, ys = left + np.arange(1, columns) * width / columns, top + np.arange(1, rows) * height / rows
    across = np.column_stack([np.full(rows - 1, left), ys, np.full(rows - 1, left + width), ys])
    down = np.column_stack([xs, np.full(columns - 1, top), xs, np.full(columns - 1, top + height)])
    painter.setPen(hairline(mixed(picture.theme.colour("neuron"), picture.colours[RAMP + family], 0.35)))
    draw_lines(painter, np.concatenate([across, down]))


def _paint_field(painter: QPainter, picture: Picture, wires: Array) -> None:
    """Mark the pixels in the colours of their ties, or else of the signs of their weights; draw the wires over them."""
    geometry, layout = picture.geometry, picture.geometry.layout
    if not len(wires):
        return
    squares = pixel_rectangles(geometry.nodes.rows[geometry.wires["source"][wires]], geometry.wires["element"][wires])
    edges = _source_edges(picture, wires)
    inside = layout.chords(wires)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((edges - inside[:, 0]) / (inside[:, 2] - inside[:, 0]), 0.0, 1.0)
    inside[:, 3] = inside[:, 1] + np.nan_to_num(part) * (inside[:, 3] - inside[:, 1])
    inside[:, 2] = inside[:, 0] + np.nan_to_num(part) * (inside[:, 2] - inside[:, 0])
    for index, row in enumerate(wires.tolist()):
        colour = _colour(picture, row)
        painter.setPen(hairline(colour))
        draw_lines(painter, inside[index : index + 1])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        left, top, width, height = squares[index].tolist()
        painter.drawRect(QRectF(left + width * 0.1, top + height * 0.1, width * 0.8, height * 0.8))


def _source_edges(picture: Picture, wires: Array) -> Array:
    """The right edge of the node at which each wire starts."""
    sources = picture.geometry.nodes.rows[picture.geometry.wires["source"][wires]]
    edges: Array = sources["x"] + sources["width"] / 2
    return edges


def _colour(picture: Picture, row: int) -> QColor:
    tie, weight = int(picture.geometry.wires["tie"][row]), float(picture.geometry.wires["weight"][row])
    if tie >= 0:
        return picture.theme.tie_colour(tie)
    return picture.theme.colour("negative" if weight < 0 else "positive")
