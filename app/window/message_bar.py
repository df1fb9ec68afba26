"""A sentence across the window, with a button to jump to the node that it is about. Nothing is blocked meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.theme import ThemeSource


class MessageBar(QFrame):
    """Hidden until something is to be said."""

    jump_requested = Signal(str)

    def __init__(self, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme_source = theme_source
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.jump = QPushButton(self.tr("Show"))
        self.jump.clicked.connect(lambda: self.jump_requested.emit(self._node or ""))
        self.dismiss = QPushButton(self.tr("Dismiss"))
        self.dismiss.clicked.connect(self.hide)
        self._node: str | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 16, 6)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.jump)
        layout.addWidget(self.dismiss)
        theme_source.changed.connect(lambda _: self._restyle())
        self._restyle()
        self.hide()

    def tell(self, sentence: str, node: str | None = None) -> None:
        """Say something; `node`: the name of the node that it is about."""
        self._node = node
        self.label.setText(sentence)
        self.jump.setVisible(node is not None)
        self.show()

    def _restyle(self) -> None:
        theme = self.theme_source.theme
        self.setStyleSheet(f"MessageBar {{ background: {theme.finding_surface}; }}")
        self.label.setStyleSheet(f"color: {theme.finding};")
