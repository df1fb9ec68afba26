"""Renaming a node in place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from app.session.editor_session import EditorSession
from graph_model import EditError
from graph_model.edits import Rename

LEAST_WIDTH, HEIGHT = 120, 28


class NameEditor(QLineEdit):
    """A field over a node's name. Enter renames, Escape leaves; a name that cannot be is refused with the reason."""

    closed = Signal()

    def __init__(self, session: EditorSession, node: str, parent: QWidget) -> None:
        super().__init__(session.graph.node(node).name, parent)
        self.session, self.node = session, node
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName(self.tr("Name"))
        self.selectAll()

    def show_at(self, centre: QPoint) -> None:
        """Open with the middle at a point of the viewport."""
        width = max(LEAST_WIDTH, self.fontMetrics().horizontalAdvance(self.text()) + 40)
        self.setGeometry(QRect(centre.x() - width // 2, centre.y() - HEIGHT // 2, width, HEIGHT))
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape end it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._apply():
                self._close()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere takes the name, if it can be one."""
        super().focusOutEvent(event)
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._apply()
            self._close()

    def _apply(self) -> bool:
        graph = self.session.graph
        if not graph.has_node(self.node) or self.text().strip() == graph.node(self.node).name:
            return True
        try:
            self.session.apply(Rename(self.node, self.text()), self.tr("Rename"))
        except EditError as error:
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), str(error), self)
            return False
        return True

    def _close(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()
            self.deleteLater()
