"""How much can be written around each neuron before its texts cover another one."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from app.canvas import sizes
from app.canvas.node_form import Form

if TYPE_CHECKING:
    from app.canvas.picture import Picture

Array = np.ndarray[Any, np.dtype[Any]]
FOR_ALL, FOR_NAME = 100.0, 62.0
"""Distances of neurons, one below the other, from which on there is room for all their texts, and for the name."""
SAME_COLUMN = 60.0
BARE = 70.0
"""Distance of neurons, one below the other, between which there is room for the name and nothing else."""


class Room(IntEnum):
    """What there is room for."""

    NOTHING = 0
    NAME = 1
    ALL = 2
    OVER_OTHERS = 3
    """None, but the node is looked at, so that its texts are written over what is there."""


class TextRoom:
    """Finds the room for those nodes that are in sight, once for each change of the drawing or of the view."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._key: object = None
        self._rows: Array = np.empty(0, np.int64)
        self._rooms: Array = np.empty(0, np.int64)
        self._nearest: dict[int, float] = {}

    def of(self, rows: Array) -> Array:
        """The Room of each of these nodes, given by rows; all that are in sight must be among them."""
        geometry, marks = self._picture.geometry, self._picture.marks
        key = (geometry, geometry.revision, rows.tobytes())
        if key != self._key:
            self._key, self._rows, self._rooms = key, rows, self._found(rows)
        looked_at = {marks.hovered, marks.highlighted, *(marks.selected if len(marks.selected) == 1 else ())}
        if looked_at == {None}:
            return self._rooms
        found = self._picture.rows(frozenset(identifier for identifier in looked_at if identifier is not None))
        return np.where(np.isin(rows, found) & (self._rooms < Room.ALL), Room.OVER_OTHERS, self._rooms)

    def seen(self, row: int) -> Room:
        """The room of a node as it was last painted."""
        place = np.flatnonzero(self._rows == row)
        return Room(int(self._rooms[place[0]])) if len(place) else Room.ALL

    def subtitles(self, row: int) -> int:
        """How many lines below a node are written: fewer where what is measured needs their place, which comes first.

        The node must be among those for which `of` was asked last.
        """
        identifier = self._picture.geometry.nodes.ids[row]
        count = len(self._picture.captions.of(identifier).subtitles)
        if row not in self._nearest:
            return count
        lines = int((self._nearest[row] - BARE) // sizes.LINE_HEIGHT)
        return max(0, min(count, lines - len(self._picture.annotated_lines(identifier)) - self._has_value(identifier)))

    def _has_value(self, identifier: str) -> bool:
        return identifier in self._picture.written_values and not self._picture.annotated_lines(identifier)

    def _found(self, rows: Array) -> Array:
        rooms = np.full(len(rows), int(Room.ALL))
        self._nearest = {}
        geometry = self._picture.geometry
        chosen = np.flatnonzero(geometry.nodes["form"][rows] == Form.NEURON)
        if len(chosen) < 2:
            return rooms
        nodes = geometry.nodes.rows[rows[chosen]]
        ids = geometry.nodes.ids
        half = np.array([self._picture.captions.of(ids[row]).name.width for row in rows[chosen].tolist()]) / 2
        across, down = (np.abs(nodes[axis][:, None] - nodes[axis][None, :]) for axis in ("x", "y"))
        np.fill_diagonal(across, np.inf)
        beside = (down < sizes.NEURON) & (across < half[:, None] + half[None, :] + 6)
        nearest = np.where(across < SAME_COLUMN, down, np.inf).min(axis=1)
        self._nearest = {
            row: distance
            for row, distance in zip(rows[chosen].tolist(), nearest.tolist(), strict=True)
            if FOR_ALL <= distance < np.inf
        }
        found = np.where(nearest >= FOR_ALL, Room.ALL, np.where(nearest >= FOR_NAME, Room.NAME, Room.NOTHING))
        rooms[chosen] = np.where(beside.any(axis=1), Room.NOTHING, found)
        return rooms
