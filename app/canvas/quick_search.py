"""The search that opens at a point of the canvas and places the kind that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.canvas.kind_search import matching_kinds
from app.theme import Theme
from graph_model import Kind
from graph_model.blocks.kind import placed_as

WIDTH, ROWS_SHOWN, ROW_HEIGHT = 340, 9, 30


class QuickSearch(QFrame):
    """A field and a list. Enter chooses; Shift+Enter chooses and asks for a wire; Escape closes."""

    chosen = Signal(str, bool)
    """What a node of the kind has for its `kind`, and whether Shift was held."""
    closed = Signal()

    def __init__(self, offered: Sequence[Kind], theme: Theme, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.offered = list(offered)
        self.setObjectName("quick_search")
        self.setAccessibleName(self.tr("Search for a kind to place"))
        self.setStyleSheet(
            f"#quick_search {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 8px; }}"
            f"QListWidget {{ background: {theme.surface}; border: none; outline: none; }}"
            f"QLabel {{ color: {theme.muted_text}; font-size: 11px; padding: 2px 4px; }}"
        )
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Search layers"))
        self.field.setAccessibleName(self.tr("Search layers"))
        self.field.textChanged.connect(self._refill)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setItemDelegate(KindDelegate(theme, self))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda _: self._choose(False))
        self.hint = QLabel(hint, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        for widget in (self.field, self.list, self.hint):
            layout.addWidget(widget)
        self._refill("")
        self.setFixedWidth(WIDTH)
        self.adjustSize()

    def kinds_shown(self) -> list[str]:
        """Names of the kinds in the list, from above."""
        return [self.list.item(row).data(KIND).name for row in range(self.list.count())]

    def _refill(self, query: str) -> None:
        self.list.clear()
        for kind in matching_kinds(query, self.offered):
            item = QListWidgetItem(kind.name)
            item.setData(KIND, kind)
            item.setToolTip(kind.title)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(min(ROWS_SHOWN, max(1, self.list.count())) * ROW_HEIGHT + 4)
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that the field leaves to the list, and the end when the focus goes elsewhere."""
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.dismiss()
        elif watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        key, count = event.key(), self.list.count()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and count:
            step = 1 if key in (Qt.Key.Key_Down, Qt.Key.Key_Tab) else -1
            self.list.setCurrentRow((self.list.currentRow() + step) % count)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return False
        return True

    def _choose(self, with_wire: bool) -> None:
        item = self.list.currentItem()
        if item is not None:
            name = placed_as(item.data(KIND))
            self.dismiss()
            self.chosen.emit(name, with_wire)

    def dismiss(self) -> None:
        """Close without choosing."""
        if self.isVisible():
            self.hide()
            self.closed.emit()
            self.deleteLater()


KIND = Qt.ItemDataRole.UserRole


class KindDelegate(QStyledItemDelegate):
    """Paints a kind: its family's colour, its name, and its description in small."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The size of a row."""
        return QSize(WIDTH - 24, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        kind: Kind = index.data(KIND)
        area = QRect(option.rect)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.setBrush(self.theme.colour("raised"))
            painter.drawRoundedRect(area, 5, 5)
        painter.setBrush(QColor(self.theme.family_colour(kind.family)))
        painter.drawRoundedRect(QRect(area.left() + 8, area.center().y() - 4, 9, 9), 2.5, 2.5)
        font = option.font  # type: ignore[attr-defined]
        painter.setFont(font)
        painter.setPen(self.theme.colour("text"))
        name_area = area.adjusted(26, 0, 0, 0)
        painter.drawText(name_area, Qt.AlignmentFlag.AlignVCenter, kind.name)
        used = painter.fontMetrics().horizontalAdvance(kind.name)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(self.theme.colour("muted_text"))
        rest = name_area.adjusted(used + 10, 0, -6, 0)
        title = painter.fontMetrics().elidedText(kind.title, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()
