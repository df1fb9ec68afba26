"""Painting nodes: columns of neurons, stacks of feature maps, cards and single neurons; from afar, plain bars."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from app.canvas import sizes
from app.canvas.glyphs import glyph
from app.canvas.node_form import Form
from app.canvas.picture import RAMP, Picture
from app.canvas.primitives import draw_coloured_rectangles, draw_rectangles, hairline, mixed

Array = np.ndarray[Any, np.dtype[Any]]
LEAST_PIXELS = 2.0
GLYPH_SIZE = 11.0
ARC = (50 * 16, 80 * 16)
"""Start and length of a neuron's strip, in sixteenths of a degree."""


def paint_bars(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint nodes as plain bars, each colour by one call."""
    nodes = picture.geometry.nodes.rows[rows]
    width, height = (np.maximum(nodes[side], LEAST_PIXELS / scale) for side in ("width", "height"))
    bars = np.column_stack([nodes["x"] - width / 2, nodes["y"] - height / 2, width, height])
    values = picture.value_indices()[rows]
    colours = np.where(values >= 0, values, RAMP + nodes["family"].astype(np.int64))
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
    painting = _NodePainting(painter, picture)
    nodes, ids, values = picture.geometry.nodes, picture.geometry.nodes.ids, picture.value_indices()
    for row in rows.tolist():
        value = int(values[row])
        painting.paint(ids[row], nodes.rows[row], picture.colours[value] if value >= 0 else None)


class _NodePainting:
    """The pens and brushes that all nodes share."""

    def __init__(self, painter: QPainter, picture: Picture) -> None:
        theme = picture.theme
        self.painter, self.picture = painter, picture
        self.surface, self.neuron = theme.colour("surface"), theme.colour("neuron")
        self.text, self.paper = theme.colour("text"), theme.colour("paper")
        accent = theme.colour("accent")
        self.plain_pen = QPen(theme.colour("line"), 1.2)
        self.hover_pen = QPen(mixed(theme.colour("line"), theme.colour("muted_text"), 0.7), 1.2)
        self.highlight_pen = QPen(mixed(theme.colour("paper"), accent, 0.75), 1.8)
        self.selected_pen = QPen(accent, 2.2)
        self.circle_pen = QPen(mixed(theme.colour("neuron"), theme.colour("muted_text"), 0.18), 1.0)
        self.families = picture.colours[RAMP:]

    def paint(self, identifier: str, node: Any, value: QColor | None) -> None:
        """Paint one node; `node` is its row of the geometry."""
        x, y, width, height = (float(node[name]) for name in ("x", "y", "width", "height"))
        body = QRectF(x - width / 2, y - height / 2, width, height)
        form, family = int(node["form"]), self.families[int(node["family"])]
        self.painter.setPen(self._outline(identifier))
        if form == Form.NEURON:
            self._paint_neuron(identifier, body, family, value)
            return
        filled = value is not None and form == Form.CARD
        self.painter.setBrush(value if filled and value is not None else self.surface)
        self.painter.drawRoundedRect(body, sizes.CORNER, sizes.CORNER)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(family)
        self.painter.drawRoundedRect(QRectF(body.left(), body.top() - 2, width, sizes.STRIP), 2, 2)
        if form == Form.COLUMN:
            self._paint_column(x, y, int(node["shown"]), value)
        elif form == Form.PLANES:
            self._paint_planes(body, int(node["shown"]), value)
        else:
            kind = self.picture.graph.node(identifier).kind
            self._paint_glyph(kind, body, family if value is None else self._readable_on(value))

    def _outline(self, identifier: str) -> QPen:
        marks = self.picture.marks
        if identifier in marks.selected:
            return self.selected_pen
        if identifier == marks.highlighted:
            return self.highlight_pen
        return self.hover_pen if identifier == marks.hovered else self.plain_pen

    def _paint_column(self, x: float, y: float, shown: int, value: QColor | None) -> None:
        self._fill_for_neurons(value)
        radius = sizes.CIRCLE / 2
        top = y - (shown - 1) / 2 * sizes.CIRCLE_PITCH
        for index in range(shown):
            self.painter.drawEllipse(QPointF(x, top + index * sizes.CIRCLE_PITCH), radius, radius)

    def _paint_planes(self, body: QRectF, shown: int, value: QColor | None) -> None:
        self._fill_for_neurons(value)
        spread = (shown - 1) * sizes.PLANE_STEP
        width = body.width() - spread - 2 * sizes.PLANES_PADDING
        height = body.height() - spread - 2 * sizes.PLANES_PADDING
        left, bottom = body.left() + sizes.PLANES_PADDING, body.bottom() - sizes.PLANES_PADDING
        for index in reversed(range(shown)):
            shift = index * sizes.PLANE_STEP
            self.painter.drawRoundedRect(QRectF(left + shift, bottom - height - shift, width, height), 2.5, 2.5)

    def _paint_neuron(self, identifier: str, body: QRectF, family: QColor, value: QColor | None) -> None:
        self.painter.setBrush(self.surface if value is None else value)
        self.painter.drawEllipse(body)
        self.painter.setPen(QPen(family, sizes.STRIP, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self.painter.drawArc(body, *ARC)
        activation = str(self.picture.graph.node(identifier).parameters.get("activation", "Identity"))
        colour = self.picture.theme.colour("muted_text") if value is None else self._readable_on(value)
        self._paint_glyph(activation, body, colour)

    def _paint_glyph(self, name: str, body: QRectF, colour: QColor) -> None:
        path = glyph(name)
        if path.isEmpty():
            return
        centre = body.center()
        placed = QTransform(GLYPH_SIZE, 0, 0, GLYPH_SIZE, centre.x(), centre.y()).map(path)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self.painter.drawPath(placed)

    def _fill_for_neurons(self, value: QColor | None) -> None:
        self.painter.setBrush(self.neuron if value is None else value)
        self.painter.setPen(self.circle_pen if value is None else QPen(mixed(value, self.text, 0.12), 1.0))

    def _readable_on(self, value: QColor) -> QColor:
        """Text or paper, whichever stands out from a value's colour."""
        distance = abs(value.lightnessF() - self.text.lightnessF())
        return self.text if distance > abs(value.lightnessF() - self.paper.lightnessF()) else self.paper


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
