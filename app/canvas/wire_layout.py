"""Where the wires run: from which point to which, as a bundle of lines, one straight line or one curve."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from app.canvas import sizes
from app.canvas.feature_maps import pixel_rectangles
from app.canvas.node_form import Form

Array = np.ndarray[Any, np.dtype[Any]]
CURVE_PARTS = 20
TALLEST_BUNDLE = 420.0
BOW_FOR_CLEARANCE = 1.45
"""The curve swings up by three quarters of its bow, and less beside its middle."""
PART_OF_BOW = 0.75
"""How far a curve really swings out, as a part of its bow."""
MOST_COMPARED = 3_000_000
"""In larger drawings wires run straight behind what stands in their way."""
SHORTEST_BLOCKED = 110.0
SHORTEST_BEND, LONGEST_BEND = 24.0, 160.0


class WireStyle(IntEnum):
    """The ways to draw a wire."""

    CURVE = 0
    LINE = 1
    BUNDLE = 2


class WireLayout:
    """Ends and style of every wire, row by row as in the geometry's table of wires.

    `x1, y1, x2, y2`: the middle of either end. `sources, targets`: how many lines of a bundle start and end there;
    `half1, half2`: half the height of a bundle's ends; `bow`: how far a curve swings up, around what stands in
    its way; less than 0: down, for a wire that leads back to a Delay. `left, top, right, bottom`: the rectangle
    around the wire.
    """

    x1: Array
    y1: Array
    x2: Array
    y2: Array
    half1: Array
    half2: Array
    left: Array
    right: Array
    top: Array
    bottom: Array
    bow: Array

    def __init__(self, nodes: Array, wires: Array) -> None:
        count = len(wires)
        names = ("x1", "y1", "x2", "y2", "half1", "half2", "left", "right", "top", "bottom", "bow")
        for name in names:
            setattr(self, name, np.zeros(count))
        self.style = np.zeros(count, np.int64)
        self.sources, self.targets = np.ones(count, np.int64), np.ones(count, np.int64)
        source_scalar, target_form = nodes["scalar"][wires["source"]], nodes["form"][wires["target"]]
        self._gathered = source_scalar & (target_form == Form.COLUMN)
        self._slots, self._gathered_count = _slots(wires, self._gathered)
        self.carries = nodes["weighs"][wires["target"]]
        """Wires that carry weights."""
        self.weighed = self.carries & (source_scalar | (wires["element"] >= 0))
        """Wires that carry one weight, which is shown as a number."""
        self.on_map = (wires["element"] >= 0) & (nodes["map_rows"][wires["source"]] > 0)
        """Wires that pick a pixel of a feature map, and start there."""
        self._place(nodes, wires, np.arange(count))

    def follow(self, nodes: Array, wires: Array, moved: Array) -> None:
        """Take in that some nodes, given by their rows, are at other places."""
        touched = np.zeros(len(nodes), bool)
        touched[moved] = True
        self._place(nodes, wires, np.flatnonzero(touched[wires["source"]] | touched[wires["target"]]))

    def _place(self, nodes: Array, wires: Array, rows: Array) -> None:
        """Find the ends and the style of these wires."""
        wires = wires[rows]
        source, target = nodes[wires["source"]], nodes[wires["target"]]
        x1, x2 = source["x"] + source["width"] / 2, target["x"] - target["width"] / 2
        gap, gathered, on_map = x2 - x1, self._gathered[rows], self.on_map[rows]
        picked = (wires["element"] >= 0) & (source["form"] == Form.COLUMN)
        y1 = source["y"] + _port_offset(wires["output"], source["outputs"], source["height"])
        y1 += np.where(picked, _circle_offset(_sampled(wires["element"], source), source["shown"]), 0.0)
        x1, y1 = self._on_pixels(rows, source, wires["element"], x1, y1)
        y2 = target["y"] + _port_offset(wires["input"], target["inputs"], target["height"])
        fits = gathered & (self._gathered_count[rows] <= target["shown"])
        y2 += np.where(fits, _circle_offset(self._slots[rows], target["shown"]), 0.0)
        is_column = [ends["form"] == Form.COLUMN for ends in (source, target)]
        sources = np.where(is_column[0] & ~picked, source["shown"], 1)
        targets = np.where(is_column[1] & ~gathered, target["shown"], 1)
        both = (is_column[0] | on_map | (source["form"] == Form.NEURON)) & (
            is_column[1] | (target["form"] == Form.NEURON)
        )
        clearance = np.where(on_map, 0.0, _clearance(nodes, x1, y1, x2, y2))
        blocked = clearance > 0
        near = ~blocked & (gap > 4) & (gap < sizes.LONGEST_BUNDLE) & (np.abs(y2 - y1) < TALLEST_BUNDLE)
        bundle = both & near & (sources.astype(np.int64) * targets > 1)
        straight = both & (gap > 4) & (target["weighs"] | gathered | near)
        style = np.where(bundle, WireStyle.BUNDLE, np.where(straight, WireStyle.LINE, WireStyle.CURVE))
        half1 = np.where(bundle, (sources - 1.0) * sizes.CIRCLE_PITCH / 2, 0.0)
        half2 = np.where(bundle, (targets - 1.0) * sizes.CIRCLE_PITCH / 2, 0.0)
        bulge = np.where((style == WireStyle.CURVE) & (gap < 0), _bend(gap), 0.0)
        bow = np.where(style == WireStyle.CURVE, clearance * BOW_FOR_CLEARANCE, 0.0)
        closes = target["remembers"] & (gap < 0)
        bow = np.where(closes, -_depth(nodes, x1, y1, x2, y2, closes) / PART_OF_BOW, bow)
        self.bow[rows] = bow
        self.x1[rows], self.y1[rows], self.x2[rows], self.y2[rows] = x1, y1, x2, y2
        self.style[rows], self.half1[rows], self.half2[rows] = style, half1, half2
        self.sources[rows], self.targets[rows] = sources, targets
        self.left[rows], self.right[rows] = np.minimum(x1, x2) - bulge, np.maximum(x1, x2) + bulge
        self.top[rows] = np.minimum(y1 - half1, y2 - half2) - np.maximum(bow, 0.0)
        self.bottom[rows] = np.maximum(y1 + half1, y2 + half2) - np.minimum(bow, 0.0) * PART_OF_BOW

    def _on_pixels(self, rows: Array, source: Array, element: Array, x: Array, y: Array) -> tuple[Array, Array]:
        """The same starts, but for wires that pick a pixel, which start there."""
        on_map = self.on_map[rows]
        if on_map.any():
            pixels = pixel_rectangles(source[on_map], element[on_map])
            x[on_map], y[on_map] = pixels[:, 0] + pixels[:, 2] / 2, pixels[:, 1] + pixels[:, 3] / 2
        return x, y

    def wires_in(self, left: float, top: float, right: float, bottom: float) -> Array:
        """Rows of the wires whose surrounding rectangle touches this one."""
        inside = (self.right >= left) & (self.left <= right) & (self.bottom >= top) & (self.top <= bottom)
        return np.flatnonzero(inside)

    def chords(self, rows: Array) -> Array:
        """Straight lines from end to end, as rows of x1, y1, x2, y2."""
        return np.column_stack([self.x1[rows], self.y1[rows], self.x2[rows], self.y2[rows]])

    def lines(self, rows: Array, sparse: bool = False) -> tuple[Array, Array]:
        """All the lines that these wires are drawn with, and for each of them the wire's row.

        `sparse`: only a part of the lines of a bundle, when many bundles are in sight.
        """
        style = self.style[rows]
        pieces = [self._bundles(rows[style == WireStyle.BUNDLE], sparse)]
        straight = rows[style == WireStyle.LINE]
        pieces.append((self.chords(straight), straight))
        pieces.append(self._curves(rows[style == WireStyle.CURVE]))
        return np.concatenate([lines for lines, _ in pieces]), np.concatenate([owner for _, owner in pieces])

    def paths(self, rows: Array, places: Array | None = None) -> Array:
        """Points along these wires, as (wires, points, 2): the curve, or the middle of a bundle.

        `places`: from 0 at the start to 1 at the end; by default evenly spaced ones.
        """
        t = (np.linspace(0.0, 1.0, CURVE_PARTS + 1) if places is None else places)[None, :]
        x1, y1, x2, y2 = (values[rows, None] for values in (self.x1, self.y1, self.x2, self.y2))
        bend = np.where(self.style[rows, None] == WireStyle.CURVE, _bend(x2 - x1), (x2 - x1) / 3)
        x = (1 - t) ** 3 * x1 + 3 * (1 - t) ** 2 * t * (x1 + bend) + 3 * (1 - t) * t**2 * (x2 - bend) + t**3 * x2
        eased = np.where(self.style[rows, None] == WireStyle.CURVE, 3 * (1 - t) * t**2 + t**3, t)
        y = y1 + (y2 - y1) * eased - 3 * self.bow[rows, None] * t * (1 - t)
        return np.stack([x, y], axis=2)

    def controls(self, rows: Array) -> Array:
        """The four points of each wire's cubic curve, as (wires, 4, 2)."""
        x1, y1, x2, y2, bow = (values[rows] for values in (self.x1, self.y1, self.x2, self.y2, self.bow))
        bend = _bend(x2 - x1)
        xs = np.stack([x1, x1 + bend, x2 - bend, x2], axis=1)
        return np.stack([xs, np.stack([y1, y1 - bow, y2 - bow, y2], axis=1)], axis=2)

    def _curves(self, rows: Array) -> tuple[Array, Array]:
        points = self.paths(rows)
        lines = np.concatenate([points[:, :-1], points[:, 1:]], axis=2).reshape(-1, 4)
        return lines, np.repeat(rows, CURVE_PARTS)

    def _bundles(self, rows: Array, sparse: bool) -> tuple[Array, Array]:
        lines, owners = [np.empty((0, 4))], [np.empty(0, np.int64)]
        keys = self.sources[rows] * 100_000 + self.targets[rows]
        for key in np.unique(keys):
            chosen = rows[keys == key]
            sources, targets = divmod(int(key), 100_000)
            step = 2 if sparse else 1
            first, second = np.meshgrid(np.arange(0, sources, step), np.arange(0, targets, step), indexing="ij")
            y1 = (first.ravel() - (sources - 1) / 2) * sizes.CIRCLE_PITCH
            y2 = (second.ravel() - (targets - 1) / 2) * sizes.CIRCLE_PITCH
            block = np.empty((len(chosen), len(y1), 4))
            block[:, :, 0], block[:, :, 2] = self.x1[chosen, None], self.x2[chosen, None]
            block[:, :, 1], block[:, :, 3] = self.y1[chosen, None] + y1, self.y2[chosen, None] + y2
            lines.append(block.reshape(-1, 4))
            owners.append(np.repeat(chosen, len(y1)))
        return np.concatenate(lines), np.concatenate(owners)


def _bend(gap: Array) -> Array:
    """How far a curve leaves its port straight on."""
    return np.clip(np.abs(gap) / 2, SHORTEST_BEND, LONGEST_BEND)


def _clearance(nodes: Array, x1: Array, y1: Array, x2: Array, y2: Array) -> Array:
    """How far each wire must swing up to pass over what stands between its ends; 0 if nothing does."""
    clearance = np.zeros(len(x1))
    long = np.flatnonzero(x2 - x1 > SHORTEST_BLOCKED)
    for part in np.array_split(long, max(1, len(long) // 64)):
        if not len(part) or len(long) * len(nodes) > MOST_COMPARED:
            break
        along = (nodes["x"] - x1[part, None]) / (x2 - x1)[part, None]
        height = y1[part, None] + along * (y2 - y1)[part, None]
        between = (nodes["x"] > x1[part, None]) & (nodes["x"] < x2[part, None])
        blocking = between & (np.abs(height - nodes["y"]) < nodes["height"] / 2)
        top = nodes["y"] - nodes["height"] / 2 - sizes.ABOVE
        clearance[part] = np.where(blocking, height - top, 0.0).max(axis=1, initial=0.0)
    return clearance


def _depth(nodes: Array, x1: Array, y1: Array, x2: Array, y2: Array, rows: Array) -> Array:
    """How far below its ends each of these wires, which lead back, must run to pass under what stands between them."""
    depth = np.zeros(len(x1))
    bottom = nodes["y"] + nodes["height"] / 2 + sizes.BELOW
    for row in np.flatnonzero(rows).tolist():
        between = (nodes["x"] > x2[row] - LONGEST_BEND / 2) & (nodes["x"] < x1[row] + LONGEST_BEND / 2)
        middle = (y1[row] + y2[row]) / 2
        beside = between & (np.abs(nodes["y"] - middle) < TALLEST_BUNDLE)
        depth[row] = max(0.0, float(bottom[beside].max(initial=middle)) - middle)
    return depth


def _port_offset(port: Array, ports: Array, height: Array) -> Array:
    return (height * ((port + 1.0) / (ports + 1.0) - 0.5)) * (ports > 1)


def _circle_offset(index: Array, shown: Array) -> Array:
    return (index - (shown.astype(np.float64) - 1) / 2) * sizes.CIRCLE_PITCH


def _sampled(element: Array, source: Array) -> Array:
    """Which circle of the sample stands for an element."""
    total = np.maximum(source["total"], 1)
    return np.minimum(element * source["shown"] // total, source["shown"].astype(np.int64) - 1)


def _slots(wires: Array, gathered: Array) -> tuple[Array, Array]:
    """For wires that are gathered at one node: the place of each in the order of connecting, and how many there are."""
    rows = np.flatnonzero(gathered)
    slots, counts = np.zeros(len(wires)), np.zeros(len(wires), np.int64)
    rows = rows[np.lexsort((wires["order"][rows], wires["target"][rows]))]
    targets = wires["target"][rows]
    starts = np.flatnonzero(np.concatenate([[True], targets[1:] != targets[:-1]]))
    sizes_of_groups = np.diff(np.concatenate([starts, [len(rows)]]))
    slots[rows] = np.arange(len(rows)) - np.repeat(starts, sizes_of_groups)
    counts[rows] = np.repeat(sizes_of_groups, sizes_of_groups)
    return slots, counts
