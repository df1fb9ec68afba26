"""Renaming a node in place."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.canvas.inline_editor import InlineEditor
from app.session.editor_session import EditorSession
from graph_model import EditError
from graph_model.blocks.naming import renaming

LEAST_WIDTH = 120


class NameEditor(InlineEditor):
    """A field over a node's name; a name that cannot be is refused with the reason."""

    def __init__(self, session: EditorSession, node: str, parent: QWidget) -> None:
        super().__init__(session.graph.node(node).name, LEAST_WIDTH, parent)
        self.setAccessibleName(self.tr("Name"))
        self.session, self.node = session, node

    def take(self) -> str | None:
        """Rename the node."""
        graph = self.session.graph
        if not graph.has_node(self.node) or self.text().strip() == graph.node(self.node).name:
            return None
        try:
            self.session.apply(renaming(graph, self.node, self.text()), self.tr("Rename"))
        except EditError as error:
            return str(error)
        return None
