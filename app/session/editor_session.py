"""The document that is open, and everything that more than one widget needs to know about editing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.session.checking import LiveCheck
from app.session.copy_and_paste import CopyAndPaste
from app.session.edit_command import EditCommand
from app.session.open_level import OpenLevel
from app.session.seen import Seen
from graph_model import Document, EditError, Graph, Problem, load_document, save_document
from graph_model.blocks.edits import without_block
from graph_model.edits import Edit, Move, RemoveNodes, RemoveWires, Sequence, SetWire


class EditorSession(CopyAndPaste):
    """One open document with its undo history, selection, highlight and live checks.

    Widgets call `apply` and `select`, listen to the signals, and never write to each other.
    """

    document_replaced = Signal()
    edited = Signal(object)
    """The edit that happened, whoever made it (undo and redo too)."""
    checked = Signal()
    selection_changed = Signal()
    highlight_changed = Signal()
    dirty_changed = Signal(bool)
    path_changed = Signal()
    weights_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.live_check = LiveCheck(self)
        self.document = Document()
        self.level = OpenLevel(self.document)
        self._seen = Seen(self.live_check, self.level)
        self._selection: frozenset[str] = frozenset()
        self._selected_wires: frozenset[str] = frozenset()
        self._highlighted: str | None = None
        self._weights_unsaved = False
        self._dirty = False
        self.live_check.finished.connect(self.checked)
        self.undo_stack.cleanChanged.connect(self._update_dirty)
        self._adopt(self.document, None)

    # The document

    @property
    def graph(self) -> Graph:
        """The graph that is open on the canvas: the drawing, or the body of a block that was entered."""
        return self.level.graph

    @property
    def dirty(self) -> bool:
        """Whether something would be lost if the document were closed."""
        return self._dirty

    def new(self) -> None:
        """Put an empty document in the place of the present one."""
        self._adopt(Document(), None)

    def open(self, path: str | Path) -> None:
        """Open a file; raises DocumentError and keeps the present document if it cannot be opened."""
        self._adopt(load_document(path), Path(path))

    def open_document(self, document: Document, path: Path | None = None) -> None:
        """Put a document in the place of the present one."""
        self._adopt(document, path)

    def save(self, path: str | Path) -> None:
        """Write the document; raises DocumentError and keeps the former file if it cannot be written."""
        save_document(self.document, path)
        self.path = Path(path)
        self._weights_unsaved = False
        self.undo_stack.setClean()
        self._update_dirty()
        self.path_changed.emit()

    def set_weights(self, weights: dict[str, Any]) -> None:
        """Keep trained weights in the document, to be saved with it."""
        if not weights and not self.document.weights:
            return
        self.document.weights = dict(weights)
        self._weights_unsaved = True
        self._update_dirty()
        self.weights_changed.emit()

    def _adopt(self, document: Document, path: Path | None) -> None:
        self.document.changed.disconnect(self._on_changed, missing_ok=True)
        self.document = document
        self.level = OpenLevel(document)
        self.path = path
        document.changed.connect(self._on_changed)
        self.undo_stack.clear()
        self._weights_unsaved = False
        self._selection, self._selected_wires, self._highlighted = frozenset(), frozenset(), None
        self._pastes = 0
        self.document_replaced.emit()
        self.path_changed.emit()
        self._update_dirty()
        self.live_check.watch(document.graph)
        self.selection_changed.emit()
        self.highlight_changed.emit()

    def _update_dirty(self) -> None:
        dirty = self._weights_unsaved or not self.undo_stack.isClean()
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)

    # Edits

    def apply(self, edit: Any, text: str, merge_id: str | None = None) -> None:
        """Apply an edit of the open graph, or of the document's settings, as one undo step named `text`; raises
        EditError and changes nothing if refused."""
        self.apply_whole(self.level.as_whole(edit), text, merge_id)

    def apply_whole(self, edit: Any, text: str, merge_id: str | None = None) -> None:
        """The same for an edit of the document, whichever graph is open."""
        places = self.level.places
        inverse = self.document.apply(edit)
        command = EditCommand(self.document, edit, inverse, text, merge_id, lambda: self.go_to(places))
        self.undo_stack.push(command)

    def _show_level(self, opened: OpenLevel) -> None:
        self.level = opened
        self._selection, self._selected_wires, self._highlighted = frozenset(), frozenset(), None
        self.level_changed.emit()
        self.selection_changed.emit()
        self.highlight_changed.emit()

    def _on_changed(self, edit: Any) -> None:
        """Say what was edited first: whoever acts on the selection may paint the canvas, which must know it by then."""
        if not isinstance(edit, Edit):
            self.edited.emit(edit)
            return
        standing = self.level.standing()
        if standing is not self.level:
            self._show_level(standing)
        former = (self._selection, self._selected_wires)
        highlighted = self._highlighted
        self._drop_what_is_gone()
        done = without_block(edit)
        if isinstance(done, SetWire) and done.is_number_only and not self.problems:
            self.live_check.confirm_soon()  # a check of 100,000 wires takes a second
        elif not isinstance(done, Move):
            self.live_check.check_soon()
        self.edited.emit(edit)
        if (self._selection, self._selected_wires) != former:
            self.selection_changed.emit()
        if self._highlighted != highlighted:
            self.highlight_changed.emit()

    def _drop_what_is_gone(self) -> None:
        graph = self.graph
        self._selection = frozenset(filter(graph.has_node, self._selection))
        self._selected_wires = frozenset(filter(graph.has_wire, self._selected_wires))
        if self._highlighted is not None and not graph.has_node(self.level.here(self._highlighted) or ""):
            self._highlighted = None

    # Selection and highlight

    @property
    def selection(self) -> frozenset[str]:
        """The ids of the selected nodes."""
        return self._selection

    @property
    def selected_wires(self) -> frozenset[str]:
        """The ids of the selected wires."""
        return self._selected_wires

    @property
    def selected_paths(self) -> frozenset[str]:
        """The paths of the selected nodes; those of blocks are not among them."""
        paths = map(self.level.path_of, self._selection)
        return frozenset(filter(self.level.flat.has_node, paths))

    def select(self, nodes: Iterable[str], wires: Iterable[str] = ()) -> None:
        """Select these nodes and wires and nothing else."""
        chosen_nodes, chosen_wires = frozenset(nodes), frozenset(wires)
        if (chosen_nodes, chosen_wires) != (self._selection, self._selected_wires):
            self._selection, self._selected_wires = chosen_nodes, chosen_wires
            self.selection_changed.emit()

    @property
    def highlighted(self) -> str | None:
        """The path of the node that the pointer is on, in whichever view."""
        return self._highlighted

    def highlight(self, path: str | None) -> None:
        """Make the node that a path leads to stand out in all views."""
        if path != self._highlighted:
            self._highlighted = path
            self.highlight_changed.emit()

    def delete_selection(self, text: str | None = None) -> None:
        """Remove the selected nodes and wires, as one step."""
        edits: list[Edit] = []
        if self._selected_wires:
            edits.append(RemoveWires(tuple(sorted(self._selected_wires))))
        if self._selection:
            edits.append(RemoveNodes(tuple(sorted(self._selection))))
        if edits:
            self.apply(edits[0] if len(edits) == 1 else Sequence(tuple(edits)), text or self.tr("Delete"))

    # What the live check found

    @property
    def shapes(self) -> dict[tuple[str, int], tuple[Any, ...]]:
        """(node id, output port) -> shape, e.g. ("batch", 32), in the open graph, as far as it could be inferred."""
        return self._findings().shapes

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the document, at whichever level."""
        return self.live_check.problems

    @property
    def problems_here(self) -> list[Problem]:
        """What is wrong with the nodes of the open graph, or inside them."""
        return self._findings().problems

    @property
    def parameter_counts(self) -> Mapping[str, int]:
        """Node id -> number of learned numbers, in the open graph; of a place, all that are in it."""
        return self._findings().counts

    def _findings(self) -> Seen:
        if not self._seen.holds_for(self.live_check, self.level):
            self._seen = Seen(self.live_check, self.level)
        return self._seen


__all__ = ["EditError", "EditorSession"]
