"""The documentation of all layers and blocks, in a window beside the editor."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.documentation import article, sheet_of
from app.documentation.rich_text import style
from app.palette.kind_list import KindList, placed
from app.theme import Theme, ThemeSource
from graph_model import Graph, kinds

FIRST = "Linear"


class KindBrowser(QDialog):
    """Search and families on the left, the chosen kind's documentation on the right."""

    def __init__(self, theme_source: ThemeSource, graph: Graph, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Layers and blocks"))
        self.resize(820, 600)
        self.theme_source = theme_source
        self.shown = ""
        """What a node of the shown kind has for its `kind`."""
        self._before: list[str] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search layers"))
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.list = KindList(theme_source, everywhere=True)
        self.list.setAccessibleName(self.tr("Layers"))
        self.list.setDragEnabled(False)
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Documentation"))
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(16)
        self.back = QPushButton(self.tr("Back"))
        self.back.setAutoDefault(False)
        self._lay_out()
        self.search.textChanged.connect(self.list.search)
        self.list.currentItemChanged.connect(self._chosen)
        self.text.anchorClicked.connect(self._follow_link)
        self.back.clicked.connect(self.go_back)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self, self.go_back)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        theme_source.changed.connect(self._write)
        self.follow(graph)
        self.show_kind(FIRST)
        self.search.setFocus()

    def follow(self, graph: Graph) -> None:
        """Show the blocks of a graph's document too."""
        self.list.follow(graph)
        if self.shown:
            self.show_kind(self.shown if self.shown in self.list.kinds else FIRST)

    def show_kind(self, name: str) -> None:
        """Turn to a kind, or to a block by the id of its definition; nothing for a name that there is not."""
        if name not in self.list.kinds:
            return
        if name != self.shown:
            self._before += [self.shown] if self.shown else []
            self.shown = name
        self._mark()
        self._write(self.theme_source.theme)

    def go_back(self) -> None:
        """Turn to the kind that was read before."""
        while self._before:
            name = self._before.pop()
            if name in self.list.kinds:
                self.shown = ""
                self.show_kind(name)
                break
        self.back.setEnabled(bool(self._before))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows go through the list while the search has the focus; Enter goes to the text."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.text.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        name = placed(item) if item is not None else None
        if name is not None and name != self.shown:
            self.show_kind(name)

    def _follow_link(self, link: QUrl) -> None:
        self.search.clear()
        self.show_kind(link.fragment())

    def _mark(self) -> None:
        """Mark the shown kind in the list, without turning to it once more."""
        item = self.list.items[self.shown]
        if not item.isHidden() and item is not self.list.currentItem():
            if item.parent() is not None:
                item.parent().setExpanded(True)
            self.list.setCurrentItem(item)

    def _write(self, theme: Theme) -> None:
        sheet = sheet_of(self.list.kinds[self.shown])
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDefaultStyleSheet(style(theme.muted_text, theme.raised))
        self.text.setHtml(
            f'<h2>{escape(sheet.name)}</h2><p class="label">{escape(sheet.family)}</p>'
            + article(sheet, kinds(), "#{}".format)
        )
        self.back.setEnabled(bool(self._before))

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(8, 12, 8, 8)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addStretch(1)
        page.addLayout(row)
        page.addWidget(self.text)
        both = QSplitter()
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([230, 590])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)
