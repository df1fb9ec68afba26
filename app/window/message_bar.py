"""A sentence across the window, with a button to jump to the node that it is about. Nothing is blocked meanwhile."""

from __future__ import annotations

from collections.abc import Callable

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
        self.offer = QPushButton()
        self.offer.clicked.connect(self._take_offer)
        self._node: str | None = None
        self._offered: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 16, 6)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.offer)
        layout.addWidget(self.jump)
        layout.addWidget(self.dismiss)
        theme_source.changed.connect(lambda _: self._restyle())
        self._restyle()
        self.hide()

    def tell(self, sentence: str, node: str | None = None, offer: tuple[str, Callable[[], None]] | None = None) -> None:
        """Say something; `node`: the name of the node that it is about, `offer`: what can be done, and its name."""
        self._node = node
        self._offered = None if offer is None else offer[1]
        self.offer.setText("" if offer is None else offer[0])
        self.offer.setVisible(offer is not None)
        self.label.setText(sentence)
        self.jump.setVisible(node is not None)
        self.show()

    def _take_offer(self) -> None:
        self.hide()
        if self._offered is not None:
            self._offered()

    def _restyle(self) -> None:
        theme = self.theme_source.theme
        self.setStyleSheet(f"MessageBar {{ background: {theme.finding_surface}; }}")
        self.label.setStyleSheet(f"color: {theme.finding};")
