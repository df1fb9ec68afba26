"""One undo step: a generic wrapper of an edit of the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QUndoCommand

from graph_model import Document
from graph_model.blocks.edits import without_block
from graph_model.edits import Move, Sequence, SetParameters, SetWire


class EditCommand(QUndoCommand):
    """An edit that was applied already, with its inverse.

    Two commands in a row with the same merge id that touch the same things become one step (typing in a
    field, nudging with the arrow keys).
    """

    def __init__(
        self,
        document: Document,
        edit: Any,
        inverse: Any,
        text: str,
        merge_id: str | None = None,
        go_there: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(text)
        self.go_there = go_there
        """Opens the block in which the edit happened."""
        self.document = document
        self.edit = edit
        self.inverse = inverse
        self.merge_id = merge_id
        self._applied = True

    def redo(self) -> None:
        """Apply the edit, unless it is the push of the edit that was just applied."""
        if self._applied:
            return
        self._go()
        self.inverse = self.document.apply(self.edit)
        self._applied = True

    def undo(self) -> None:
        """Take the edit back."""
        self._go()
        self.edit = self.document.apply(self.inverse)
        self._applied = False

    def _go(self) -> None:
        if self.go_there is not None:
            self.go_there()

    def id(self) -> int:
        """Qt's key for merging: -1 never merges."""
        return -1 if self.merge_id is None else hash(self.merge_id) & 0x7FFF_FFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a later edit into this step."""
        if not isinstance(other, EditCommand) or other.merge_id != self.merge_id:
            return False
        edits = (self.edit, other.edit)
        if not isinstance(without_block(self.edit), (Move, SetParameters, SetWire, Sequence)):
            self.edit = other.edit
            return True
        self.edit = Sequence(edits)
        self.inverse = Sequence((other.inverse, self.inverse))
        return True
