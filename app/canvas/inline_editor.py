"""A field over the drawing in which something of it is edited in place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

HEIGHT = 28


class InlineEditor(QLineEdit):
    """Enter takes what was typed, Escape leaves; what cannot be taken is refused with the reason and stays."""

    closed = Signal()

    def __init__(self, text: str, least_width: int, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.least_width = least_width
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.selectAll()

    def take(self) -> str | None:
        """Take what was typed; return None, or a sentence that says why it cannot be taken."""
        raise NotImplementedError

    def show_at(self, centre: QPoint) -> None:
        """Open with the middle at a point of the viewport."""
        width = max(self.least_width, self.fontMetrics().horizontalAdvance(self.text()) + 40)
        self.setGeometry(QRect(centre.x() - width // 2, centre.y() - HEIGHT // 2, width, HEIGHT))
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape end it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.apply():
                self.close_field()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_field()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere takes what was typed, if it can be taken."""
        super().focusOutEvent(event)
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.apply()
            self.close_field()

    def apply(self) -> bool:
        """Take what was typed, or say why not; whether it was taken."""
        refusal = self.take()
        if refusal is not None:
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), refusal, self)
        return refusal is None

    def close_field(self) -> None:
        """Go away without taking anything."""
        if self.isVisible():
            self.hide()
            self.closed.emit()
            self.deleteLater()
