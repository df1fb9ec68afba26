"""The group of the palette in which the blocks of the libraries are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QMessageBox, QTreeWidgetItem

from app.palette.kind_list import LIBRARY
from app.session.block_library import BlockLibrary
from graph_model import DocumentError
from graph_model.blocks.library import LibraryBlock

if TYPE_CHECKING:
    from app.palette.palette import Palette


class LibraryGroup(QObject):
    """Lists what a library has; what cannot be used is greyed and says why."""

    def __init__(self, palette: Palette, library: BlockLibrary) -> None:
        super().__init__(palette)
        self.palette, self.library = palette, library
        tree = palette.tree
        self.heading = tree.add_heading(LIBRARY, tree.indexOfTopLevelItem(tree.headings["Blocks"]) + 1)
        self.broken: dict[str, QTreeWidgetItem] = {}
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._show_menu)
        library.changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """List what there is now."""
        tree = self.palette.tree
        tree.bring_home()
        for row in reversed(range(self.heading.childCount())):
            key = self._key(self.heading.takeChild(row))
            tree.items.pop(key, None)
            tree.kinds.pop(key, None)
        self.broken = {}
        for block in self.library.blocks:
            if block.kind is None:
                self.heading.addChild(self._broken_item(block))
            else:
                tree.kinds[block.key] = block.kind
                self.heading.addChild(tree.add_item(block.key, block.kind))
        tree.show_anew()

    def filter(self, query: str) -> None:
        """Hide the greyed files that nobody looks for; the others are found as all kinds are."""
        words = query.casefold().split()
        for item in self.broken.values():
            text = item.text(0).casefold()
            item.setHidden(not all(word in text for word in words))

    def menu_at(self, place: QPoint) -> QMenu | None:
        """What can be done with the block at a place of the list; None for what is not the library's."""
        item = self.palette.tree.itemAt(place)
        block = self.library.block(self._key(item)) if item is not None else None
        if block is None:
            return None
        menu = QMenu(self.palette)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        put = menu.addAction(self.tr("Place"), lambda: self.palette.chosen.emit(block.key))
        put.setEnabled(block.kind is not None)
        remove = menu.addAction(self.tr("Remove from the library"), lambda: self._remove(block))
        remove.setEnabled(not block.is_own)
        if block.is_own:
            remove.setText(self.tr("Remove from the library (it comes with the program and stays)"))
        return menu

    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu_at(place)
        if menu is not None:
            menu.popup(self.palette.tree.viewport().mapToGlobal(place))

    def _remove(self, block: LibraryBlock) -> None:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.palette,
            self.tr("Remove from the library"),
            self.tr("Delete {0}? Documents that use the block '{1}' keep it.").format(block.file, block.name),
            buttons.Discard | buttons.Cancel,
            buttons.Cancel,
        )
        if answer != buttons.Discard:
            return
        try:
            self.library.remove(block)
        except DocumentError as error:
            QMessageBox.warning(self.palette, self.tr("Remove from the library"), str(error))

    def _broken_item(self, block: LibraryBlock) -> QTreeWidgetItem:
        item = QTreeWidgetItem([block.problem])
        item.setData(0, Qt.ItemDataRole.UserRole, block.key)
        item.setToolTip(0, block.problem)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, block.problem)
        self.broken[block.key] = item
        return item

    @staticmethod
    def _key(item: QTreeWidgetItem) -> str:
        return str(item.data(0, Qt.ItemDataRole.UserRole))
