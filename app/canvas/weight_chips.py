"""The weights on wires as small fields: which are shown, where they stand, and which of them is at a point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from app.canvas import sizes
from app.canvas.captions import line
from app.canvas.node_form import Form
from app.canvas.text_room import Room
from app.training.number_text import shortest
from graph_model.weight_text import RANDOM, write_weight

if TYPE_CHECKING:
    from app.canvas.picture import Picture

Array = np.ndarray[Any, np.dtype[Any]]
PLACES = np.array([0.32, 0.46, 0.6, 0.2, 0.74, 0.26, 0.39, 0.53, 0.67, 0.81])
"""Where on its wire a weight may stand: the first of these at which it covers no other one. The first is nearer to the
start, so that crossing wires keep theirs apart."""
HEIGHT, PADDING, TAG = 15.0, 5.0, 11.0
WIDTH_STEP = 8.0
"""Widths are multiples of it, so that fields stay where they are while training changes the last figures."""
SHOWN_FROM = 0.55
MOST_PLACED, MOST_MARKED = 250, 60
"""If more weights are in sight, only those are shown whose wires, or the neuron behind, are hovered or selected."""
ROOM = 10.0
"""How far from a node's side the middle of a weight stands."""
BESIDE_TEXT = 16.0
"""The same for the lines below it."""
MOST_COMPARED = 60_000
"""With more pairs of nodes and wires, weights may stand on nodes."""
MOST_CAPTIONED = 200
"""With more neurons, weights may stand on the lines below them."""
MOST_RANDOM = 60
"""If more are in sight, those that only say "random" are left out."""
MOST_NUMBERS = 3
CELL = 48.0


class Chip(NamedTuple):
    """The weight of a wire, given by its row: the middle of the field, its width, and what stands in it."""

    row: int
    x: float
    y: float
    width: float
    text: str
    placed: bool
    """Whether it covers no other one."""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies on it."""
        return abs(x - self.x) <= self.width / 2 and abs(y - self.y) <= HEIGHT / 2


class WeightChips:
    """Finds the places of all weights once for each change of the drawing."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._key: object = None
        self._crowded = False
        self._chips: dict[int, Chip] = {}
        self._cells: dict[tuple[int, int], list[Chip]] = {}

    def shown(self, wires: Array, scale: float) -> list[Chip]:
        """The chips on these wires, those in sight, that are shown at a scale; those that stand out come last."""
        carrying = wires[self._picture.geometry.layout.carries[wires]]
        self._crowded = len(carrying) > MOST_PLACED
        return self._chosen(carrying, scale)

    def at(self, x: float, y: float, scale: float) -> int | None:
        """The row of the wire whose weight is shown at a point."""
        layout = self._picture.geometry.layout
        near = layout.wires_in(x - CELL, y - HEIGHT, x + CELL, y + HEIGHT)
        chips = self._chosen(near[layout.carries[near]], scale)
        return next((chip.row for chip in reversed(chips) if chip.holds(x, y)), None)

    def _chosen(self, carrying: Array, scale: float) -> list[Chip]:
        if scale < SHOWN_FROM:
            return []
        marked = self._picture.marked_weights()[:MOST_MARKED]
        annotated = self._picture.annotated
        plain = carrying[:0] if self._crowded else carrying
        if annotated is not None:
            plain = annotated.labelled(carrying, self._picture)
        plain = np.setdiff1d(plain, marked)
        self._place(plain)
        self._place(marked)
        chips = [chip for row in plain.tolist() if (chip := self._chips[row]).placed]
        if len(carrying) > MOST_RANDOM:
            chips = [chip for chip in chips if chip.text != RANDOM]
        chosen = self._picture.chosen_wires()
        chips += [chip for row in marked.tolist() if (chip := self._chips[row]).placed or row in chosen]
        return chips

    def of(self, row: int) -> Chip:
        """The chip on one wire, whether it is shown or not."""
        self._place(np.array([row]))
        return self._chips[row]

    def text(self, row: int) -> str:
        """What stands on a wire: its weight, a few weights, how many there are, or that they start at random.

        An annotation stands in their place.
        """
        geometry, picture = self._picture.geometry, self._picture
        if picture.annotated is not None:
            label = picture.annotated.annotations.label(geometry.wires.ids[row])
            if label:
                return label
        weight = float(geometry.wires["weight"][row])
        if not math.isnan(weight):
            return short(weight)
        wire = picture.graph.wire(geometry.wires.ids[row])
        trained = picture.weights.get(f"{wire.id}.weight")
        several = np.ravel(trained) if trained is not None else wire.weight
        if several is None:
            return RANDOM
        numbers = np.ravel(np.asarray(several)).tolist()
        if len(numbers) > MOST_NUMBERS:
            return f"{len(numbers)} weights"
        return ", ".join(short(number) for number in numbers)

    def _place(self, rows: Array) -> None:
        """Find places for those of these wires that have none yet, in their order."""
        geometry = self._picture.geometry
        key = (geometry, geometry.revision, self._picture.annotated)
        if key != self._key:
            self._key, self._chips, self._cells = key, {}, {}
        missing = np.array([row for row in rows.tolist() if row not in self._chips], np.int64)
        if not len(missing):
            return
        points = geometry.layout.paths(missing, PLACES)
        on_nodes = self._on_nodes(points)
        places, hidden, over_texts = points.tolist(), on_nodes.tolist(), (on_nodes | self._on_texts(points)).tolist()
        tied = (geometry.wires["tie"][missing] >= 0).tolist()
        for row, along, *unwanted, has_tag in zip(missing.tolist(), places, over_texts, hidden, tied, strict=True):
            text = self.text(row)
            width = line(text).width + 2 * PADDING + (TAG if has_tag else 0.0)
            width = math.ceil(width / WIDTH_STEP) * WIDTH_STEP
            chips = [Chip(row, x, y, width, text, True) for x, y in along]
            free = (chip for blocked in unwanted for chip, is_bad in zip(chips, blocked, strict=True) if not is_bad)
            chosen = next((chip for chip in free if not self._covers(chip)), None)
            self._chips[row] = chosen or chips[0]._replace(placed=False)
            if chosen is not None:
                self._cells.setdefault(_cell(chosen.x, chosen.y), []).append(chosen)

    def _on_nodes(self, points: Array) -> Array:
        """Which of these points, (wires, places, 2), lie so near to a node that a weight there would cover it."""
        nodes = self._picture.geometry.nodes.rows
        if len(nodes) * points.shape[0] > MOST_COMPARED:
            return np.zeros(points.shape[:2], bool)
        x, y = points[:, :, 0, None], points[:, :, 1, None]
        inside = (np.abs(x - nodes["x"]) < nodes["width"] / 2 + ROOM) & (
            np.abs(y - nodes["y"]) < nodes["height"] / 2 + HEIGHT / 2
        )
        found: Array = inside.any(axis=2)
        return found

    def _on_texts(self, points: Array) -> Array:
        """Which of them lie so near to the lines below a neuron or a scalar input that a weight would cover these."""
        geometry, picture = self._picture.geometry, self._picture
        rows = np.flatnonzero(geometry.nodes["form"] == Form.NEURON)
        if not len(rows) or len(rows) * points.shape[0] > MOST_COMPARED or len(rows) > MOST_CAPTIONED:
            return np.zeros(points.shape[:2], bool)
        rows = rows[picture.text_room.of(rows) == Room.ALL]
        lines = [picture.captions.of(geometry.nodes.ids[row]).subtitles for row in rows.tolist()]
        half = np.array([max((text.width for text in texts), default=0.0) for texts in lines]) / 2
        high = sizes.LINE_HEIGHT * np.array([len(texts) for texts in lines])
        nodes = geometry.nodes.rows[rows]
        x, y = points[:, :, 0, None], points[:, :, 1, None]
        below = y - (nodes["y"] + nodes["height"] / 2)
        inside = (np.abs(x - nodes["x"]) < half + BESIDE_TEXT) & (below > 0) & (below < high + HEIGHT)
        found: Array = inside.any(axis=2)
        return found

    def _covers(self, chip: Chip) -> bool:
        """Whether a chip would lie over one that has its place."""
        across, down = _cell(chip.x, chip.y)
        return any(
            abs(chip.x - other.x) < (chip.width + other.width) / 2 + 1 and abs(chip.y - other.y) < HEIGHT + 1
            for column in range(across - 2, across + 3)
            for row in range(down - 1, down + 2)
            for other in self._cells.get((column, row), ())
        )


def short(weight: float) -> str:
    """Write a weight in a few figures."""
    return shortest(weight, 3)


def editing_text(weight: Any) -> str:
    """Write a weight in full, to be edited."""
    return write_weight(None if weight is None else np.asarray(weight).tolist())


def _cell(x: float, y: float) -> tuple[int, int]:
    return (math.floor(x / CELL), math.floor(y / CELL))
