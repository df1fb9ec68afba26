"""The canvas without a mouse: going from node to node, nudging, wiring and searching by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.canvas import sizes
from app.canvas.keyboard_wiring import KeyboardWiring
from app.canvas.node_texts import spoken
from graph_model.blocks import is_block
from graph_model.edits import Move

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
WEIGHT_BEGINS = "0123456789.-−"
SIDEWAYS = 2.5
"""How much more a node counts as far away if it is off the direction of the arrow."""


class Keyboard:
    """The node that is selected alone has the focus. `C` begins a wire there, which Enter ends at another."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.wiring = KeyboardWiring(canvas)

    @property
    def focused(self) -> str | None:
        """The id of the only selected node."""
        selection = self.canvas.session.selection
        return next(iter(selection)) if len(selection) == 1 else None

    def press(self, event: QKeyEvent) -> bool:
        """A key: whether it meant something here."""
        canvas, key, modifiers = self.canvas, event.key(), event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if self.wiring.wiring is not None:
            self.wiring.press(Qt.Key(key))
            return True
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key in DIRECTIONS and control:
            self.nudge(DIRECTIONS[Qt.Key(key)])
        elif key in DIRECTIONS:
            self.go(DIRECTIONS[Qt.Key(key)])
        elif key == Qt.Key.Key_Space:
            shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            canvas.start_quick_search(after=self.focused if shift else None)
        elif key == Qt.Key.Key_F2 and self.focused is not None:
            canvas.renaming.start(self.focused)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focused is not None:
            self._open(self.focused)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete(Qt.Key(key))
        elif key == Qt.Key.Key_C and not modifiers and self.focused is not None:
            self.wiring.begin(self.focused)
        elif self._types_a_weight(event):
            canvas.weights.start(*canvas.session.selected_wires, event.text() if event.text().isprintable() else None)
        else:
            return False
        return True

    def _escape(self) -> None:
        """Take back the gesture under way, else the selection, else leave the block."""
        canvas = self.canvas
        if canvas.pointing.cancel():
            return
        if canvas.session.selection or canvas.session.selected_wires:
            canvas.session.select(())
        else:
            canvas.session.leave()

    def _open(self, node: str) -> None:
        """Enter a block; of any other node, show the parameters."""
        session = self.canvas.session
        if is_block(session.graph.node(node).kind):
            session.enter(node)
        else:
            self.canvas.inspect_requested.emit(node)

    def _delete(self, key: Qt.Key) -> None:
        """Remove the selection; Backspace with nothing selected leaves the block."""
        session = self.canvas.session
        if key == Qt.Key.Key_Backspace and not session.selection and not session.selected_wires:
            session.leave()
        else:
            session.delete_selection()

    def _types_a_weight(self, event: QKeyEvent) -> bool:
        """Whether a key begins to type the selected wire's weight."""
        opens = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
        typed = len(event.text()) == 1 and event.text() in WEIGHT_BEGINS
        return (opens or typed) and self.canvas.weights.can_start() is not None

    def step(self, forward: bool) -> bool:
        """Go to the next node in the order of the flow; False after the last. While a wire is drawn, begin it at the
        next port."""
        if self.wiring.wiring is not None:
            self.wiring.begin_elsewhere(forward)
            return True
        order = [node.id for node in self.canvas.session.graph.topological_order()]
        if not order:
            return False
        index = -1 if forward else len(order)
        if self.focused is not None:
            index = order.index(self.focused)
        index += 1 if forward else -1
        if not 0 <= index < len(order):
            return False
        self.focus(order[index])
        return True

    def focus(self, node: str) -> None:
        """Select a node alone, bring it into sight and have it read aloud."""
        canvas = self.canvas
        canvas.session.select({node})
        canvas.bring_into_sight(node)
        problems = [problem for problem in canvas.session.problems_here if problem.node_id == node]
        shape = canvas.session.shapes.get((node, 0))
        words = spoken(canvas.session.graph, canvas.session.graph.node(node), shape, problems)
        frame = canvas.expansions.holding({node})
        canvas.announce(words if frame is None else f"{words}; in the expanded block {frame.place.name}")

    def go(self, direction: tuple[int, int]) -> None:
        """Go to the node that is next in a direction: along a wire if one leads there, else the nearest."""
        graph = self.canvas.session.graph
        if self.focused is None:
            self.step(True)
            return
        wired: list[str] = []
        if direction[0] > 0:
            wired = [wire.target for wire in graph.outgoing(self.focused)]
        elif direction[0] < 0:
            wired = [wire.source for wire in graph.incoming(self.focused)]
        nearest = wired[0] if wired else self._nearest(direction)
        if nearest is not None:
            self.focus(nearest)

    def nudge(self, direction: tuple[int, int]) -> None:
        """Move the selection by one square of the grid; nudges in a row are one step."""
        session = self.canvas.session
        if session.selection:
            places = {node: session.graph.node(node).position for node in session.selection}
            moved = {
                node: (x + direction[0] * sizes.GRID, y + direction[1] * sizes.GRID) for node, (x, y) in places.items()
            }
            session.apply(Move(moved), self.canvas.tr("Move"), "nudge " + " ".join(sorted(moved)))

    def _nearest(self, direction: tuple[int, int]) -> str | None:
        nodes = self.canvas.drawing.geometry.nodes
        here = nodes.row_of[self.focused or ""]
        x, y = nodes["x"] - nodes["x"][here], nodes["y"] - nodes["y"][here]
        along = x * direction[0] + y * direction[1]
        across = np.abs(x * direction[1]) + np.abs(y * direction[0])
        cost = np.where(along > 1.0, along + SIDEWAYS * across, np.inf)
        best = int(cost.argmin())
        return nodes.ids[best] if np.isfinite(cost[best]) else None
