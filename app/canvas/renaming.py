"""Opening the name editor over a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QPointF

from app.canvas import sizes
from app.canvas.name_editor import NameEditor
from app.canvas.paint_texts import name_top

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class Renaming:
    """At most one name is edited at a time."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.editor: NameEditor | None = None

    def start(self, node: str) -> None:
        """Edit a node's name in place."""
        canvas = self.canvas
        canvas.bring_into_sight(node)
        geometry = canvas.drawing.geometry
        row = geometry.nodes.rows[geometry.nodes.row_of[node]]
        top = name_top(float(row["y"] - row["height"] / 2), canvas.drawing.captions.of(node))
        place = QPointF(float(row["x"]), top + (sizes.NAME_SIZE + 4) / 2)
        self.editor = NameEditor(canvas.session, node, canvas)
        self.editor.closed.connect(self._closed)
        self.editor.show_at(canvas.mapFromScene(place))

    def _closed(self) -> None:
        self.editor = None
        if shiboken6.isValid(self.canvas):
            self.canvas.setFocus()
