"""Kinds in a tree: family by family, or, while somebody searches, the best matches first."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from app.documentation.tooltip import tooltip
from app.theme import Theme, ThemeSource
from app.theme.marks import chevron, swatch
from graph_model import Graph, Kind, kinds
from graph_model.blocks import is_block
from graph_model.blocks.kind import BlockKind, placed_as
from graph_model.blocks.library import LIBRARY_SIGN
from graph_model.kind import FAMILIES
from graph_model.kind_search import matching_kinds

KIND_TYPE = "application/x-gradcanvas-kind"
LIBRARY = "Library"
"""The heading of blocks that come from files."""
OPEN_AT_FIRST = frozenset({"Terminals", "Neurons", "Blocks", "Linear", "Activation"})
"""What a first network is drawn from; the headings of the others stand among them without filling the list."""
ICON = 10
PLACED_AS = Qt.ItemDataRole.UserRole


class KindList(QTreeWidget):
    """Families that open and close, with their kinds; a kind can be dragged away.

    `everywhere`: also kinds that cannot be placed in the graph that is open.
    """

    open_changed = Signal()
    """Somebody opened or closed a family."""

    def __init__(self, theme_source: ThemeSource, everywhere: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme_source = theme_source
        self.everywhere = everywhere
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(8)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self.setIconSize(QSize(ICON, ICON))
        self.setUniformRowHeights(True)
        self.items: dict[str, QTreeWidgetItem] = {}
        """By what a node of the kind has for its `kind`: of a block, the id of its definition."""
        self.kinds: dict[str, Kind] = dict(kinds())
        self.headings: dict[str, QTreeWidgetItem] = {}
        self.open_families = set(OPEN_AT_FIRST)
        self._elsewhere = "block"
        self._query = ""
        self._arranging = False
        self._fill()
        self.itemClicked.connect(self._clicked)
        self.itemExpanded.connect(lambda item: self._turned(item, True))
        self.itemCollapsed.connect(lambda item: self._turned(item, False))
        theme_source.changed.connect(self.restyle)
        self.restyle(theme_source.theme)

    def set_open_families(self, families: Iterable[str]) -> None:
        """Open these families and close the others."""
        self.open_families = set(families)
        self._show_families()

    def search(self, query: str) -> None:
        """List the best matches first; with an empty query, all families."""
        self._query = query
        self.bring_home()
        offered = {id(kind): name for name, kind in self.kinds.items() if self._is_offered(kind)}
        found = [offered[id(kind)] for kind in matching_kinds(query, [self.kinds[name] for name in offered.values()])]
        searching = bool(query.strip())
        for name in set(self.items) - set(found):
            self.items[name].setHidden(True)
        if searching:
            for name in found:
                item = self.items[name]
                self.headings[self.group_of(name)].removeChild(item)
                self.addTopLevelItem(item)
        for heading in self.headings.values():
            members = [heading.child(row) for row in range(heading.childCount())]
            heading.setHidden(searching or all(member.isHidden() for member in members))
        self._show_families()
        self.setCurrentItem(self.items[found[0]] if searching and found else None)
        self.scrollToTop()

    def first_match(self) -> str | None:
        """Return what is marked, or else what stands first."""
        current = self.currentItem()
        if current is not None and not current.isHidden() and placed(current):
            return placed(current)
        return next((name for name, item in self.items.items() if not item.isHidden()), None)

    @property
    def is_empty(self) -> bool:
        """Whether the search found nothing."""
        return all(item.isHidden() for item in self.items.values())

    def follow(self, graph: Graph) -> None:
        """Offer what can be placed in a graph: the document's blocks too, and ports only inside a block."""
        blocks = {placed_as(kind): kind for kind in graph.definitions.placeable(graph)}
        elsewhere = "block" if graph.definition_id is None else "network"
        shown = {name: kind for name, kind in self.kinds.items() if is_block(name)}
        if elsewhere == self._elsewhere and list(map(_look, blocks.values())) == list(map(_look, shown.values())):
            return
        self._elsewhere = elsewhere
        self.bring_home()
        for name in shown:
            self.headings["Blocks"].removeChild(self.items.pop(name))
            del self.kinds[name]
        for name, kind in blocks.items():
            self.kinds[name] = kind
            self.headings["Blocks"].addChild(self.add_item(name, kind))
        self.show_anew()

    def restyle(self, theme: Theme) -> None:
        """Take a theme's colours."""
        for name, item in self.items.items():
            kind = self.kinds[name]
            own = kind.definition.colour if isinstance(kind, BlockKind) else ""
            item.setIcon(0, swatch(QColor(own) if own else theme.family_colour(kind.family), ICON))
        for heading in self.headings.values():
            heading.setForeground(0, theme.colour("muted_text"))
        self._show_families()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open and close a family; Left and Right do as in every tree."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and item in self.headings.values():
            item.setExpanded(not item.isExpanded())
            return
        super().keyPressEvent(event)

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:
        """The dragged kind's name."""
        data = QMimeData()
        name = placed(items[0]) if items else None
        if name:
            data.setData(KIND_TYPE, name.encode())
            data.setText(name)
        return data

    def _is_offered(self, kind: Kind) -> bool:
        return self.everywhere or kind.stands_in != self._elsewhere

    def _fill(self) -> None:
        for family in FAMILIES:
            members = [kind for kind in self.kinds.values() if kind.family == family]
            if not members:
                continue
            heading = self.add_heading(family, len(self.headings))
            for kind in members:
                heading.addChild(self.add_item(kind.name, kind))
        self.search("")

    def add_heading(self, title: str, row: int) -> QTreeWidgetItem:
        """Add the heading of a group."""
        font = self.font()
        font.setPixelSize(11)
        font.setWeight(font.Weight.DemiBold)
        heading = self.headings[title] = QTreeWidgetItem([title])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setFont(0, font)
        self.insertTopLevelItem(row, heading)
        return heading

    def group_of(self, name: str) -> str:
        """The heading that a kind stands under."""
        return LIBRARY if name.startswith(LIBRARY_SIGN) else self.kinds[name].family

    def show_anew(self) -> None:
        """Show what was added, as far as the search leaves it."""
        self.restyle(self.theme_source.theme)
        self.search(self._query)

    def add_item(self, name: str, kind: Kind) -> QTreeWidgetItem:
        """Make the item of a kind; it goes below a heading."""
        item = QTreeWidgetItem([kind.name])
        item.setData(0, PLACED_AS, name)
        item.setToolTip(0, tooltip(kind))
        self.items[name] = item
        return item

    def bring_home(self) -> None:
        """Put every kind back under its family, in the order of the catalogue."""
        for name, item in self.items.items():
            if item.parent() is None:
                self.takeTopLevelItem(self.indexOfTopLevelItem(item))
            else:
                item.parent().removeChild(item)
            self.headings[self.group_of(name)].addChild(item)
            item.setHidden(False)

    def _show_families(self) -> None:
        """Open and close the families as is remembered; that is no wish of somebody's."""
        self._arranging = True
        theme = self.theme_source.theme
        for family, heading in self.headings.items():
            heading.setExpanded(family in self.open_families)
            heading.setIcon(0, chevron(theme.colour("muted_text"), ICON, family in self.open_families))
        self._arranging = False

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if item in self.headings.values():
            item.setExpanded(not item.isExpanded())

    def _turned(self, item: QTreeWidgetItem, is_open: bool) -> None:
        family = item.text(0)
        if self._arranging or item is not self.headings.get(family):
            return
        (self.open_families.add if is_open else self.open_families.discard)(family)
        item.setIcon(0, chevron(self.theme_source.theme.colour("muted_text"), ICON, is_open))
        self.open_changed.emit()


def placed(item: QTreeWidgetItem) -> str | None:
    """Return what a node of an item's kind has for its `kind`; None for a family."""
    name = item.data(0, PLACED_AS)
    return str(name) if name else None


def _look(kind: Kind) -> tuple[str, ...]:
    """All that is shown of a kind."""
    own = kind.definition.colour if isinstance(kind, BlockKind) else ""
    return (placed_as(kind), kind.name, kind.documentation, own)
