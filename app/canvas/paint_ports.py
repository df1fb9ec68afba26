"""Painting the names of a block's ports, inside its edge, where it has several."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.canvas import sizes
from app.canvas.captions import text_font
from app.canvas.node_form import Form
from app.canvas.node_looks import NodeLooks
from app.canvas.paint_nodes import port_places
from app.canvas.picture import Picture

Array = np.ndarray[Any, np.dtype[Any]]
GAP = 9.0
"""Between a port and its name."""


def paint_port_names(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint the names of the ports of blocks, on the side where there are several."""
    if scale < sizes.DETAILS_FROM:
        return
    geometry = picture.geometry
    font = text_font()
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    values = picture.value_indices()
    looks = NodeLooks(picture)
    for row in rows[geometry.nodes["form"][rows] == Form.BLOCK].tolist():
        node, kind = geometry.nodes.rows[row], picture.graph.kind_of(geometry.nodes.ids[row])
        sides = [side for side in (False, True) if len(kind.outputs if side else kind.inputs) > 1]
        value = int(values[row])
        painter.setPen(looks.text if value < 0 else looks.readable_on(picture.colours[value]))
        room = float(node["width"]) / len(sides or (0,)) - sizes.BESIDE_PORT_NAME
        for is_output in sides:
            ports = kind.outputs if is_output else kind.inputs
            for port, (x, y) in zip(ports, port_places(node, is_output), strict=True):
                name = metrics.elidedText(port.name, Qt.TextElideMode.ElideRight, room)
                left = x - GAP - metrics.horizontalAdvance(name) if is_output else x + GAP
                painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), name)
