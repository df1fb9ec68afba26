"""The list of examples: under the heading of its topic each with its title and what it is about."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.training.gallery import Example

EXAMPLE = Qt.ItemDataRole.UserRole
SIDE, LINES_APART, ABOVE_HEADING = 10, 3, 14
"""Pixels: around a text, between the two lines, and above the heading of a topic."""
Index = QModelIndex | QPersistentModelIndex


class ExampleList(QListWidget):
    """Topics, which cannot be chosen, and the examples below each."""

    def __init__(self, examples: list[Example], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Examples"))
        self.setItemDelegate(_TwoLines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        topic = None
        for example in examples:
            if example.topic != topic:
                topic = example.topic
                heading = QListWidgetItem(topic)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.addItem(heading)
            item = QListWidgetItem(example.title)
            item.setData(EXAMPLE, example)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, example.first_line)
            self.addItem(item)

    @property
    def chosen(self) -> Example | None:
        """The example that is marked."""
        item = self.currentItem()
        example = None if item is None or item.isHidden() else item.data(EXAMPLE)
        return example if isinstance(example, Example) else None

    def search(self, words: str) -> None:
        """Show only examples that speak of all these words, and mark the first of them."""
        wanted = words.casefold().split()
        heading, found = QListWidgetItem(), None
        for item in (self.item(row) for row in range(self.count())):
            example = item.data(EXAMPLE)
            if example is None:
                heading = item
                heading.setHidden(True)
                continue
            text = f"{example.title} {example.topic} {example.description}".casefold()
            item.setHidden(not all(word in text for word in wanted))
            if not item.isHidden():
                heading.setHidden(False)
                found = found or item
        self.setCurrentItem(found)


class _TwoLines(QStyledItemDelegate):
    """Paints a title with the example's first sentence below it, in as much of it as there is room for."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the lines are."""
        high, small = QFontMetrics(option.font).height(), QFontMetrics(_smaller(option.font)).height()  # type: ignore[attr-defined]
        if index.data(EXAMPLE) is None:
            return QSize(0, high + SIDE + (ABOVE_HEADING if index.row() else 0))
        return QSize(0, high + small + LINES_APART + SIDE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The item's background as always, and the texts."""
        self.initStyleOption(option, index)
        example, area = index.data(EXAMPLE), QRect(option.rect)  # type: ignore[attr-defined]
        palette, font = QPalette(option.palette), QFont(option.font)  # type: ignore[attr-defined]
        option.text = ""  # type: ignore[attr-defined]
        style = option.widget.style() if option.widget else QApplication.style()  # type: ignore[attr-defined]
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)  # type: ignore[attr-defined]
        painter.save()
        area.adjust(SIDE, SIDE // 2, -SIDE, -SIDE // 2)
        normal = QPalette.ColorGroup.Active
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        if example is None:
            painter.setFont(strong)
            painter.setPen(palette.color(normal, QPalette.ColorRole.Text))
            painter.drawText(area, Qt.AlignmentFlag.AlignBottom, str(index.data()))
        else:
            painter.setFont(font)
            painter.setPen(palette.color(normal, QPalette.ColorRole.Text))
            painter.drawText(area, Qt.AlignmentFlag.AlignTop, _fitting(painter, str(index.data()), area))
            painter.setFont(_smaller(font))
            painter.setPen(palette.color(normal, QPalette.ColorRole.PlaceholderText))
            painter.drawText(area, Qt.AlignmentFlag.AlignBottom, _fitting(painter, example.first_line, area))
        painter.restore()


def _smaller(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(max(9, font.pixelSize() - 2))
    return small


def _fitting(painter: QPainter, text: str, area: QRect) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
