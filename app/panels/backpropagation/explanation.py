"""The page that spells out one neuron, wire or layer with its numbers."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from app.panels.backpropagation import page
from app.panels.backpropagation.layer_maps import LayerMaps
from app.panels.backpropagation.time_bars import TimeBars
from app.theme import Theme

MAPS_WIDTH = 250
WIDE = 640
"""Pixels from which on there is room for three columns."""


class Explanation(QWidget):
    """Formulas on the left, for a layer its weights on the right, below them time steps.

    `jumped` carries the node or wire of a link.
    """

    jumped = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QTextBrowser()
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setOpenLinks(False)
        self.text.setAccessibleName(self.tr("Explanation"))
        self.text.anchorClicked.connect(self._follow)
        self.maps = LayerMaps()
        self.maps.setFixedWidth(MAPS_WIDTH)
        self.maps.hide()
        self.bars = TimeBars()
        self._shown = ""
        above = QHBoxLayout()
        above.setSpacing(12)
        above.addWidget(self.text, 1)
        above.addWidget(self.maps)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(above, 1)
        layout.addWidget(self.bars)

    @property
    def is_wide(self) -> bool:
        """Whether there is room for three columns beside the pictures of a layer."""
        return self.text.width() >= WIDE

    def show_text(self, html: str, theme: Theme) -> None:
        """Show rich text; the place to which somebody scrolled stays."""
        shown = theme.name + html
        if shown == self._shown:
            return
        self._shown = shown
        bar = self.text.verticalScrollBar()
        place = bar.value()
        self.text.document().setDefaultStyleSheet(page.style_sheet(theme))
        self.text.setHtml(html)
        bar.setValue(place)

    def _follow(self, link: QUrl) -> None:
        target = link.toString()
        if target.startswith(page.LINK_NODE):
            self.jumped.emit(target.removeprefix(page.LINK_NODE), None)
        elif target.startswith(page.LINK_WIRE):
            self.jumped.emit(None, target.removeprefix(page.LINK_WIRE))
