"""Numbers that are written on the drawing for a while, and which part of it is meant just now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.canvas.geometry import Geometry
from app.canvas.value_scale import ValueScale

if TYPE_CHECKING:
    from app.canvas.picture import Picture

Array = np.ndarray[Any, np.dtype[Any]]
MOST_LABELS = 60
"""If more weights are in sight, only the current wires bear theirs."""


def _no_lines(_: str) -> tuple[str, ...]:
    return ()


def _no_text(_: str) -> str:
    return ""


@dataclass(frozen=True)
class Annotations:
    """What is written on nodes and wires, by their ids, in the words of whoever made it.

    `lines`: short lines below a node. `label`: stands on a wire in the place of its weight; empty: the weight stays.
    `node_note`, `wire_note`: everything about one, said under the pointer. All four are asked only about what is in
    sight, so that a large drawing costs nothing. What is `current` stands out, what is `faint` steps back. `scale`
    colours nodes by values in the place of the colours of a run.
    """

    lines: Callable[[str], tuple[str, ...]] = _no_lines
    label: Callable[[str], str] = _no_text
    node_note: Callable[[str], str] = _no_text
    wire_note: Callable[[str], str] = _no_text
    current_nodes: frozenset[str] = frozenset()
    current_wires: frozenset[str] = frozenset()
    faint_nodes: frozenset[str] = frozenset()
    faint_wires: frozenset[str] = frozenset()
    scale: ValueScale | None = None


class AnnotatedRows:
    """Annotations as rows of a geometry, found once for each of its revisions."""

    def __init__(self, annotations: Annotations, geometry: Geometry) -> None:
        self.annotations = annotations
        self._geometry = geometry
        self._revision = -1

    @property
    def current_nodes(self) -> Array:
        """Rows of the nodes that stand out."""
        return self._rows()[0]

    @property
    def current_wires(self) -> Array:
        """Rows of the wires that stand out."""
        return self._rows()[1]

    def labelled(self, rows: Array, picture: Picture) -> Array:
        """Which of these wires bear their label: all of few, else the current ones, and those that are marked."""
        if len(rows) <= MOST_LABELS:
            return rows
        current = np.intersect1d(rows, self.current_wires)
        marks = picture.marks
        chosen = set(marks.selected_wires) | ({marks.hovered_wire} if marks.hovered_wire else set())
        marked = np.intersect1d(rows, picture.wire_rows(frozenset(chosen)))
        return marked if len(current) > MOST_LABELS else np.union1d(current, marked)

    def is_faint_node(self, rows: Array) -> Array:
        """Whether each of these rows of nodes steps back."""
        return self._rows()[2][rows]

    def is_faint_wire(self, rows: Array) -> Array:
        """Whether each of these rows of wires steps back."""
        return self._rows()[3][rows]

    def _rows(self) -> tuple[Array, Array, Array, Array]:
        geometry, said = self._geometry, self.annotations
        if geometry.revision != self._revision:
            self._revision = geometry.revision
            nodes, wires = geometry.nodes.row_of, geometry.wires.row_of
            self._found = (
                np.flatnonzero(_among(nodes, said.current_nodes)),
                np.flatnonzero(_among(wires, said.current_wires)),
                _among(nodes, said.faint_nodes),
                _among(wires, said.faint_wires),
            )
        return self._found


def _among(row_of: dict[str, int], identifiers: frozenset[str]) -> Array:
    """For each row, whether its id is one of these."""
    found = np.zeros(len(row_of), bool)
    found[[row_of[identifier] for identifier in identifiers if identifier in row_of]] = True
    return found
