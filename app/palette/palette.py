"""The list of kinds on the left, with a search above it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidgetItem, QVBoxLayout, QWidget

from app.palette.kind_list import KindList, placed
from app.palette.library_group import LibraryGroup
from app.session.block_library import BlockLibrary
from app.theme import ThemeSource
from graph_model import Graph


class Palette(QWidget):
    """Search field and list. `chosen` is emitted when a kind is to be placed without dragging."""

    chosen = Signal(str)

    def __init__(self, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.tree = KindList(theme_source)
        self.tree.setAccessibleName(self.tr("Layers"))
        self.tree.itemActivated.connect(self._activated)
        self.items = self.tree.items
        self.library: LibraryGroup | None = None
        self.nothing = QLabel(self.tr("Nothing is called so. Help, Layers and blocks, says what there is."))
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("muted", True)
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 8, 8)
        layout.setSpacing(8)
        for widget in (self.search, self.nothing, self.tree):
            layout.addWidget(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search field to the list; Enter places the first match; Escape ends the search."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Down:
                self.tree.setFocus()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                first = self.tree.first_match()
                if first is not None:
                    self.chosen.emit(first)
                return True
            if key == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def show_library(self, library: BlockLibrary) -> None:
        """List the blocks of a library, below those of the document."""
        if self.library is None:
            self.library = LibraryGroup(self, library)

    def follow(self, graph: Graph) -> None:
        """Offer what can be placed in a graph."""
        self.tree.follow(graph)

    def _search(self, text: str) -> None:
        self.tree.search(text)
        if self.library is not None:
            self.library.filter(text)
        self.nothing.setVisible(self.tree.is_empty)

    def _activated(self, item: QTreeWidgetItem) -> None:
        name = placed(item)
        if name is not None and not item.isDisabled():
            self.chosen.emit(name)
