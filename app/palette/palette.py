"""The list of kinds on the left, grouped by family."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.palette.library_group import LibraryGroup
from app.session.block_library import BlockLibrary
from app.theme import Theme, ThemeSource
from graph_model import Graph, Kind, kinds
from graph_model.blocks import is_block
from graph_model.blocks.kind import BlockKind, placed_as
from graph_model.kind import FAMILIES

KIND_TYPE = "application/x-gradcanvas-kind"
SWATCH = 10


class KindTree(QTreeWidget):
    """Families with their kinds; a kind can be dragged away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(8)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setIconSize(QSize(SWATCH, SWATCH))
        self.setUniformRowHeights(True)

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:
        """The dragged kind's name."""
        data = QMimeData()
        name = items[0].data(0, Qt.ItemDataRole.UserRole) if items else None
        if name:
            data.setData(KIND_TYPE, name.encode())
            data.setText(name)
        return data


class Palette(QWidget):
    """Search field and list. `chosen` is emitted when a kind is to be placed without dragging."""

    chosen = Signal(str)

    def __init__(self, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme_source = theme_source
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.tree = KindTree()
        self.tree.setAccessibleName(self.tr("Layers"))
        self.tree.itemActivated.connect(self._activated)
        self.items: dict[str, QTreeWidgetItem] = {}
        """By what a node of the kind has for its `kind`: of a block, the id of its definition."""
        self.kinds: dict[str, Kind] = dict(kinds())
        self.headings: dict[str, QTreeWidgetItem] = {}
        self.library: LibraryGroup | None = None
        self._elsewhere = "block"
        self._fill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.tree)
        theme_source.changed.connect(self._restyle)
        self._restyle(theme_source.theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search field to the list; Enter places the first match."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]
            if key == Qt.Key.Key_Down:
                self.tree.setFocus()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                first = self.first_match()
                if first is not None:
                    self.chosen.emit(first)
                return True
        return super().eventFilter(watched, event)

    def first_match(self) -> str | None:
        """Return the kind at the top of what the search leaves."""
        current = self.tree.currentItem()
        if current is not None and not current.isHidden() and current.data(0, Qt.ItemDataRole.UserRole):
            return str(current.data(0, Qt.ItemDataRole.UserRole))
        return next((name for name, item in self.items.items() if not item.isHidden()), None)

    def _fill(self) -> None:
        catalogue = kinds()
        for family in FAMILIES:
            members = [kind for kind in catalogue.values() if kind.family == family]
            if not members:
                continue
            heading = self.headings[family] = self.add_heading(family, len(self.headings))
            for kind in members:
                heading.addChild(self.add_item(kind.name, kind))
        self.tree.expandAll()
        self.tree.setItemsExpandable(False)
        self._filter("")

    def show_library(self, library: BlockLibrary) -> None:
        """List the blocks of a library, below those of the document."""
        if self.library is None:
            self.library = LibraryGroup(self, library)

    def add_heading(self, title: str, row: int) -> QTreeWidgetItem:
        """Add the heading of a group."""
        heading = QTreeWidgetItem([title])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = self.font()
        font.setPixelSize(11)
        font.setWeight(font.Weight.DemiBold)
        heading.setFont(0, font)
        self.tree.insertTopLevelItem(row, heading)
        heading.setExpanded(True)
        return heading

    def show_anew(self) -> None:
        """Show what was added, as far as the search leaves it."""
        self._restyle(self.theme_source.theme)
        self._filter(self.search.text())

    def add_item(self, name: str, kind: Kind) -> QTreeWidgetItem:
        """Make the item of a kind; it goes below a heading."""
        item = QTreeWidgetItem([kind.name])
        item.setData(0, Qt.ItemDataRole.UserRole, name)
        item.setToolTip(0, tooltip(kind))
        self.items[name] = item
        return item

    def follow(self, graph: Graph) -> None:
        """Offer what can be placed in a graph: the document's blocks too, and ports only inside a block."""
        blocks = {placed_as(kind): kind for kind in graph.definitions.placeable(graph)}
        elsewhere = "block" if graph.definition_id is None else "network"
        shown = {name: kind for name, kind in self.kinds.items() if is_block(name)}
        if elsewhere == self._elsewhere and list(map(_look, blocks.values())) == list(map(_look, shown.values())):
            return
        self._elsewhere = elsewhere
        heading = self.headings["Blocks"]
        for name in shown:
            heading.removeChild(self.items.pop(name))
            del self.kinds[name]
        for name, kind in blocks.items():
            self.kinds[name] = kind
            heading.addChild(self.add_item(name, kind))
        self.show_anew()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for name, item in self.items.items():
            kind = self.kinds[name]
            item.setHidden(kind.stands_in == self._elsewhere or not matches(kind, words))
        if self.library is not None:
            self.library.filter(words)
        for index in range(self.tree.topLevelItemCount()):
            heading = self.tree.topLevelItem(index)
            members = [heading.child(row) for row in range(heading.childCount())]
            heading.setHidden(all(member.isHidden() for member in members))
        visible = next((item for item in self.items.values() if not item.isHidden()), None)
        self.tree.setCurrentItem(visible if words else None)

    def _activated(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, Qt.ItemDataRole.UserRole)
        if name and not item.isDisabled():
            self.chosen.emit(name)

    def _restyle(self, theme: Theme) -> None:
        for name, item in self.items.items():
            kind = self.kinds[name]
            own = kind.definition.colour if isinstance(kind, BlockKind) else ""
            item.setIcon(0, swatch(QColor(own) if own else theme.family_colour(kind.family)))
        for index in range(self.tree.topLevelItemCount()):
            self.tree.topLevelItem(index).setForeground(0, theme.colour("muted_text"))


def _look(kind: Kind) -> tuple[str, ...]:
    """All that is shown of a kind."""
    own = kind.definition.colour if isinstance(kind, BlockKind) else ""
    return (placed_as(kind), kind.name, kind.documentation, own)


def matches(kind: Kind, words: list[str]) -> bool:
    """Whether a kind is what somebody looks for: its name, family or documentation hold every word."""
    searched = f"{kind.name} {kind.family} {kind.title}".casefold()
    return all(word in searched for word in words)


def tooltip(kind: Kind) -> str:
    """A kind's documentation in a few lines."""
    return f"<b>{kind.name}</b> &nbsp; {kind.formula}<br>{kind.documentation.replace(chr(10), ' ')}"


def swatch(colour: QColor) -> QIcon:
    """A small square of a family's hue."""
    pixmap = QPixmap(SWATCH * 2, SWATCH * 2)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(0, 0, SWATCH, SWATCH, 2.5, 2.5)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
