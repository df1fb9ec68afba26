"""Copying parts of the drawing: beside themselves, and through the clipboard. Copies have their originals' weights."""

from __future__ import annotations

from typing import Any

from app.session import clipboard
from app.session.levels import Levels
from graph_model import Graph
from graph_model.carrying import MOST_BYTES
from graph_model.fragment import Pasted, copy_fragment, paste_edit

PASTE_STEP = 32.0


class CopyAndPaste(Levels):
    """What a session does with the selection as a part of the drawing."""

    _pastes = 0
    """How many times what is on the clipboard was pasted: each time a little farther away."""

    def copy(self) -> str | None:
        """Copy the selected nodes, and the wires among them, to the clipboard; return what could not go along."""
        if not self.selection:
            return None
        fragment = copy_fragment(self.graph, self.selection, self.level.weights)
        clipboard.put_fragment(fragment)
        self._pastes = 0
        if fragment["weights"] is not None:
            return None
        return self.tr(
            "Copied without trained weights: they are more than {0} MB, which is too much for the clipboard. "
            "Duplicate (Ctrl+D) keeps them, and so does a block saved to the library."
        ).format(MOST_BYTES // 2**20)

    def cut(self) -> str | None:
        """Copy the selection and remove it; return what could not go along."""
        if not self.selection:
            return None
        left_out = self.copy()
        self.delete_selection(self.tr("Cut"))
        return left_out

    def paste(self, position: tuple[float, float] | None = None) -> None:
        """Paste at a place (its centre, in scene units), or a little beside where it was copied.

        Raises EditError if the clipboard holds no part of a drawing.
        """
        fragment = clipboard.fragment()
        self._pastes += 1
        offset = (PASTE_STEP * self._pastes, PASTE_STEP * self._pastes)
        if position is not None:
            offset = _offset_to(position, paste_edit(self.graph, fragment))
        pasted = paste_edit(self.graph, fragment, offset)
        self.apply_whole(self.level.at_all_places(pasted.edit, pasted.weights), self.tr("Paste"))
        self.select(node.id for node in pasted.nodes)

    def duplicate(self, offset: tuple[float, float] = (PASTE_STEP, PASTE_STEP)) -> None:
        """Add a copy of the selection, so far from it (scene units)."""
        if self.selection:
            pasted = paste_edit(self.graph, copy_fragment(self.graph, self.selection), offset)
            edit = pasted.like_originals(self.level.document, self.level.definition_id)
            self.apply_whole(edit, self.tr("Duplicate"))
            self.select(node.id for node in pasted.nodes)

    @property
    def graph(self) -> Graph:
        """The open graph."""
        raise NotImplementedError

    @property
    def selection(self) -> frozenset[str]:
        """The ids of the selected nodes."""
        raise NotImplementedError

    def apply_whole(self, edit: Any, text: str, merge_id: str | None = None) -> None:
        """Apply an edit of the document as one undo step."""
        raise NotImplementedError

    def delete_selection(self, text: str | None = None) -> None:
        """Remove what is selected."""
        raise NotImplementedError


def _offset_to(position: tuple[float, float], pasted: Pasted) -> tuple[float, float]:
    if not pasted.nodes:
        return (0.0, 0.0)
    xs = [node.position[0] for node in pasted.nodes]
    ys = [node.position[1] for node in pasted.nodes]
    return (position[0] - (min(xs) + max(xs)) / 2, position[1] - (min(ys) + max(ys)) / 2)
