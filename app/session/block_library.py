"""The user's library of blocks and the program's own, kept up to date with their folders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QStandardPaths, Signal

from graph_model import DocumentError, Graph
from graph_model.blocks.library import LibraryBlock, library_blocks, save_block

OWN_FOLDER = Path(__file__).parents[2] / "resources" / "blocks"


def standard_folder() -> Path:
    """Where a user's library is if nothing else was chosen."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "blocks"


class BlockLibrary(QObject):
    """The blocks of two folders. They are read when they are first asked for, and again when a folder changes."""

    changed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._blocks: list[LibraryBlock] | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self.refresh())

    @property
    def folder(self) -> Path:
        """The user's folder; it need not be there yet."""
        return self._folder

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._folder = folder
        self.refresh()

    @property
    def blocks(self) -> list[LibraryBlock]:
        """The user's blocks, then the program's own; those that cannot be used too."""
        if self._blocks is None:
            self._blocks = [*library_blocks(self._folder), *library_blocks(OWN_FOLDER, is_own=True)]
            self._watch()
        return self._blocks

    def block(self, key: str) -> LibraryBlock | None:
        """The block that a kind's name stands for."""
        return next((block for block in self.blocks if block.key == key), None)

    def save(self, graph: Graph, definition_id: str, weights: Mapping[str, Any] = {}) -> Path:
        """Write a block of a document, and trained weights by their names in it, into the user's folder and return the
        file; raises DocumentError."""
        file = save_block(graph, definition_id, self._folder, weights=weights)
        self.refresh()
        return file

    def remove(self, block: LibraryBlock) -> None:
        """Delete a file of the user's; raises DocumentError if that is not possible."""
        if block.is_own:
            raise DocumentError(
                f"'{block.name}' comes with the program and stays: only blocks of yours can be removed."
            )
        try:
            block.file.unlink()
        except OSError as error:
            raise DocumentError(f"{block.file} cannot be removed: {error.strerror or error}.") from error
        self.refresh()

    def refresh(self) -> None:
        """Read the folders again."""
        self._blocks = None
        self.changed.emit()

    def _watch(self) -> None:
        watched = self._watcher.directories()
        if watched:
            self._watcher.removePaths(watched)
        if self._folder.is_dir():
            self._watcher.addPath(str(self._folder))
