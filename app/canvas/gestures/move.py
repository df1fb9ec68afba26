"""Moving nodes: they snap to the grid and to their neighbours' lines; a whole drag is one step. Dropped on a block,
they go into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter, QPen

from app.canvas.block_commands import move_into
from app.canvas.gestures.gesture import Gesture, Pointer
from app.canvas.insertion import snapped
from graph_model import EditError
from graph_model.blocks import is_block
from graph_model.edits import Move

GUIDE_REACH = 6.0
"""How near, in pixels, a node must come to a neighbour's line to snap to it."""

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class MoveGesture(Gesture):
    """Drags the selected nodes by the one that was taken hold of. Alt: anywhere, without snapping."""

    def __init__(self, canvas: CanvasView, start: Pointer, node: str) -> None:
        super().__init__(canvas, start)
        self.node = node
        self.guides: list[QLineF] = []
        session = self.canvas.session
        self.was_selected = node in session.selection
        if start.adds:
            session.select(session.selection ^ {node}, session.selected_wires)
        elif not self.was_selected:
            session.select({node})
        graph = session.graph
        chosen = session.selection if node in session.selection else frozenset({node})
        self.former = {identifier: graph.node(identifier).position for identifier in chosen}
        self.positions = dict(self.former)
        self.block: str | None = None
        """The block on which the nodes would be dropped."""

    def move(self, at: Pointer) -> None:
        if not self.begins_to_drag(at):
            return
        origin = self.former[self.node]
        wanted = (
            origin[0] + at.scene.x() - self.start.scene.x(),
            origin[1] + at.scene.y() - self.start.scene.y(),
        )
        self.guides = []
        placed = wanted if at.free or not self.canvas.snapping else self._aligned(wanted)
        shift = (placed[0] - origin[0], placed[1] - origin[1])
        self.positions = {identifier: (x + shift[0], y + shift[1]) for identifier, (x, y) in self.former.items()}
        self.block = self._block_at(at)
        self.canvas.drawing.picture.marks.highlighted = self.block
        self.canvas.show_places(self.positions)

    def end(self, at: Pointer) -> None:
        if not self.dragging:
            if not self.start.adds and self.was_selected:
                self.canvas.session.select({self.node})
            return
        if self.block is not None:
            self.canvas.show_places(self.former)
            self._drop_into(self.block)
        elif self.positions != self.former:
            self.canvas.session.apply(Move(self.positions), self.canvas.tr("Move"))

    def cancel(self) -> None:
        self.canvas.show_places(self.former)

    def paint(self, painter: QPainter, scale: float) -> None:
        if self.guides:
            painter.setPen(QPen(self.canvas.theme.colour("accent"), 1.0 / scale, Qt.PenStyle.DashLine))
            painter.drawLines(self.guides)

    def _block_at(self, at: Pointer) -> str | None:
        """The block under the pointer that is not moved itself."""
        graph, geometry = self.canvas.session.graph, self.canvas.drawing.geometry
        x, y = at.place
        for row in geometry.nodes_in(x, y, x, y, margin=False).tolist():
            identifier = geometry.nodes.ids[row]
            if identifier not in self.former and is_block(graph.node(identifier).kind):
                return identifier
        return None

    def _drop_into(self, block: str) -> None:
        canvas = self.canvas
        try:
            move_into(canvas, self.former, block)
        except EditError as error:
            canvas.say(str(error))

    def _aligned(self, wanted: tuple[float, float]) -> tuple[float, float]:
        """Snap to the middle of a node in sight that is nearly on one line, else to the grid."""
        geometry = self.canvas.drawing.geometry
        area = self.canvas.visible_area()
        rows = geometry.nodes_in(area.left(), area.top(), area.right(), area.bottom(), margin=False)
        moving = {geometry.nodes.row_of[identifier] for identifier in self.former}
        rows = np.array([row for row in rows.tolist() if row not in moving], np.int64)
        placed = list(snapped(wanted))
        if not len(rows):
            return (placed[0], placed[1])
        reach = GUIDE_REACH / self.canvas.scale_factor
        centres = (geometry.nodes["x"][rows], geometry.nodes["y"][rows])
        for axis in (0, 1):
            distance = np.abs(centres[axis] - wanted[axis])
            nearest = int(distance.argmin())
            if distance[nearest] <= reach:
                placed[axis] = float(centres[axis][nearest])
        for axis in (0, 1):
            level = np.flatnonzero(np.abs(centres[axis] - placed[axis]) < 0.5)
            if len(level):
                others = centres[1 - axis][level]
                low, high = min(float(others.min()), placed[1 - axis]), max(float(others.max()), placed[1 - axis])
                line = QLineF(placed[0], low, placed[0], high) if axis == 0 else QLineF(low, placed[1], high, placed[1])
                self.guides.append(line)
        return (placed[0], placed[1])
