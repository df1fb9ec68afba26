"""Cells with a bar behind their number: as long as the number is large in its column."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.panels.analyze.table_model import DOMINATES, SHARE, Index
from app.theme import ThemeSource

FAINT = 45
STRONG = 120
"""Opacity of 255: the largest of a column stands out."""
GAP = 3


class BarDelegate(QStyledItemDelegate):
    """Paints the bar from the right, where the numbers stand, and then the number."""

    def __init__(self, theme_source: ThemeSource) -> None:
        super().__init__()
        self.theme_source = theme_source

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell; a selected one keeps its bar."""
        plain = QStyleOptionViewItem(option)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self.theme_source.theme.colour("line"))
            plain.state &= ~QStyle.StateFlag.State_Selected
        share = index.data(SHARE)
        if share:
            colour = QColor(self.theme_source.theme.accent)
            colour.setAlpha(STRONG if index.data(DOMINATES) else FAINT)
            place = QRectF(option.rect).adjusted(GAP, GAP, -GAP, -GAP)
            place.setLeft(place.right() - max(1.0, place.width() * share))
            painter.fillRect(place, colour)
        super().paint(painter, plain, index)
