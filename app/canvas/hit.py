"""What is under a point of the drawing: a port, a node, its name, a wire, or nothing."""

from __future__ import annotations

import math
from enum import Enum
from typing import NamedTuple

import numpy as np

from app.canvas import sizes
from app.canvas.column_handle import handle_at
from app.canvas.drawing import Drawing
from app.canvas.paint_nodes import port_places
from app.canvas.paint_texts import name_top
from app.canvas.text_room import Room
from app.canvas.wire_layout import WireStyle

REACH_INSIDE = 7.0
"""Ports reach less far into their own node, so that it can still be taken hold of."""


class Part(Enum):
    """What can be hit."""

    NOTHING = "nothing"
    NODE = "node"
    NAME = "name"
    OUTPUT = "output"
    INPUT = "input"
    WIRE = "wire"
    WEIGHT = "weight"
    """The field with a wire's weight."""
    HANDLE = "handle"
    """The handle below selected neurons."""
    EXPAND = "expand"
    """The handle of a block that shows what is in it."""
    COLLAPSE = "collapse"
    """The handle of a frame that makes one block of it again."""
    FRAME = "frame"
    """The title of a frame."""


class Hit(NamedTuple):
    """What was hit: `node` with `port`, or `wire` with the place along it from 0 (its start) to 1."""

    part: Part = Part.NOTHING
    node: str | None = None
    port: int = 0
    wire: str | None = None
    place: float = 0.5
    frame: str | None = None
    """The block that was expanded there."""


NOTHING = Hit()


def hit_at(drawing: Drawing, x: float, y: float, scale: float) -> Hit:
    """Return what is at a point; `scale`: pixels for each scene unit."""
    if scale >= sizes.CIRCLES_FROM and handle_at(drawing.picture, x, y):
        return Hit(Part.HANDLE)
    port = _port_at(drawing, x, y) if scale >= sizes.CIRCLES_FROM else NOTHING
    if port is not NOTHING:
        return port
    node = node_at(drawing, x, y)
    if node is not None:
        return Hit(Part.NODE, node)
    weight = drawing.picture.chips.at(x, y, scale)
    if weight is not None:
        return Hit(Part.WEIGHT, wire=drawing.geometry.wires.ids[weight])
    named = _name_at(drawing, x, y) if scale >= sizes.TEXT_FROM else None
    if named is not None:
        return Hit(Part.NAME, named)
    return wire_at(drawing, x, y, scale)


def node_at(drawing: Drawing, x: float, y: float) -> str | None:
    """Return the id of the topmost node at a point."""
    rows = drawing.geometry.nodes_in(x, y, x, y, margin=False)
    return drawing.geometry.nodes.ids[int(rows[-1])] if len(rows) else None


def wire_at(drawing: Drawing, x: float, y: float, scale: float) -> Hit:
    """Return the wire nearest to a point, if one is near enough."""
    layout = drawing.geometry.layout
    reach = sizes.WIRE_REACH / min(scale, 1.0)
    rows = layout.wires_in(x - reach, y - reach, x + reach, y + reach)
    if not len(rows):
        return NOTHING
    points = layout.paths(rows)
    start, step = points[:, :-1], np.diff(points, axis=1)
    offset = np.array([x, y]) - start
    along = np.clip((offset * step).sum(2) / np.maximum((step**2).sum(2), 1e-9), 0.0, 1.0)
    distance = np.hypot(*np.moveaxis(offset - along[:, :, None] * step, 2, 0))
    nearest = distance.argmin(axis=1)
    index = np.arange(len(rows))
    place = (nearest + along[index, nearest]) / step.shape[1]
    least = distance[index, nearest]
    bundled = layout.style[rows] == WireStyle.BUNDLE
    span = np.clip((x - layout.x1[rows]) / np.maximum(layout.x2[rows] - layout.x1[rows], 1.0), 0.0, 1.0)
    middle = layout.y1[rows] + span * (layout.y2[rows] - layout.y1[rows])
    half = layout.half1[rows] + span * (layout.half2[rows] - layout.half1[rows])
    inside = bundled & (np.abs(y - middle) <= half + 2) & (x >= layout.x1[rows]) & (x <= layout.x2[rows])
    place = np.where(inside, span, place)
    least = np.where(inside, np.minimum(least, reach * 0.9), least)
    best = int(least.argmin())
    if least[best] > reach:
        return NOTHING
    return Hit(Part.WIRE, wire=drawing.geometry.wires.ids[int(rows[best])], place=float(place[best]))


def _port_at(drawing: Drawing, x: float, y: float) -> Hit:
    reach = sizes.PORT_REACH
    rows = drawing.geometry.nodes_in(x - reach, y - reach, x + reach, y + reach, margin=False)
    best, least = NOTHING, math.inf
    for row in rows.tolist():
        node = drawing.geometry.nodes.rows[row]
        inside = abs(x - node["x"]) < node["width"] / 2 and abs(y - node["y"]) < node["height"] / 2
        for is_output in (True, False):
            for port, (port_x, port_y) in enumerate(port_places(node, is_output)):
                distance = math.hypot(x - port_x, y - port_y)
                if distance < least and distance <= (REACH_INSIDE if inside else reach):
                    part = Part.OUTPUT if is_output else Part.INPUT
                    best, least = Hit(part, drawing.geometry.nodes.ids[row], port), distance
    return best


def _name_at(drawing: Drawing, x: float, y: float) -> str | None:
    for row in drawing.geometry.nodes_in(x, y, x, y).tolist()[::-1]:
        identifier, node = drawing.geometry.nodes.ids[row], drawing.geometry.nodes.rows[row]
        caption, room = drawing.captions.of(identifier), drawing.picture.text_room.seen(row)
        top = name_top(float(node["y"] - node["height"] / 2), caption, room is Room.NAME)
        if room is Room.NOTHING:
            continue
        if abs(x - node["x"]) <= caption.name.width / 2 + 4 and top <= y <= top + sizes.NAME_SIZE + 6:
            return identifier
    return None
