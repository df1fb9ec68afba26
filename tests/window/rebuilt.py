"""The canvas follows edits one by one; what it holds must be what a freshly opened canvas would hold."""

from __future__ import annotations

import numpy

from app.canvas.geometry import Geometry
from app.canvas.view import CanvasView

PLAIN = ("output", "input", "element", "order", "weight", "frozen")


def same_as_rebuilt(canvas: CanvasView) -> None:
    """Compare the arrays of a canvas with those of a new one."""
    drawn, geometry, fresh = canvas.session.level, canvas.drawing.geometry, Geometry()
    fresh.build(drawn.graph, canvas.drawing.shapes, drawn.weights)
    assert set(geometry.nodes.ids) == set(fresh.nodes.ids)
    assert set(geometry.wires.ids) == set(fresh.wires.ids)
    for identifier in fresh.nodes.ids:
        mine = geometry.nodes.rows[geometry.nodes.row_of[identifier]]
        assert mine == fresh.nodes.rows[fresh.nodes.row_of[identifier]], identifier
    tie_of: dict[int, int] = {}
    for identifier in fresh.wires.ids:
        mine, other = (table.wires.rows[table.wires.row_of[identifier]] for table in (geometry, fresh))
        for end in ("source", "target"):
            assert geometry.nodes.ids[mine[end]] == fresh.nodes.ids[other[end]], identifier
        for name in PLAIN:
            assert numpy.array_equal(mine[name], other[name], equal_nan=name == "weight"), (identifier, name)
        # Ties are numbered in the order in which they were met.
        assert tie_of.setdefault(int(mine["tie"]), int(other["tie"])) == other["tie"], identifier
    assert len(set(tie_of.values())) == len(tie_of)
