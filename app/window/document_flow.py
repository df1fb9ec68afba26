"""New, open, save: with a question before anything is lost, and a sentence when something fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.session import EditorSession
from app.window.settings import WindowSettings
from graph_model import Document, GradCanvasError
from graph_model.document_file.schema import SUFFIX

FILTER = f"GradCanvas (*{SUFFIX} *.json)"


class DocumentFlow(QObject):
    """What File ▸ New, Open, Save and Save As do."""

    def __init__(
        self, window: QWidget, session: EditorSession, settings: WindowSettings, tell: Callable[[str], None]
    ) -> None:
        super().__init__(window)
        self.window = window
        self.session = session
        self.settings = settings
        self.tell = tell

    def new(self) -> None:
        """An empty drawing."""
        if self.may_lose():
            self.session.new()

    def open(self) -> None:
        """Ask for a file and open it."""
        if not self.may_lose():
            return
        path, _ = QFileDialog.getOpenFileName(self.window, self.tr("Open"), self._folder(), FILTER)
        if path:
            self.load(Path(path))

    def open_file(self, path: Path) -> None:
        """Open a file, after the question."""
        if self.may_lose():
            self.load(path)

    def open_document(self, document: Document) -> None:
        """Open a document that is no file of the user's: an example or an import. Without a path."""
        if self.may_lose():
            self.session.open_document(document)

    def load(self, path: Path) -> bool:
        """Open a file without a question; say what is wrong if it cannot be opened."""
        try:
            self.session.open(path)
        except GradCanvasError as error:
            self.tell(str(error))
            return False
        self.settings.add_recent(path)
        return True

    def save(self) -> bool:
        """Save where the document is, or ask where; return whether it was saved."""
        return self.save_as() if self.session.path is None else self._write(self.session.path)

    def save_as(self) -> bool:
        """Ask where, and save."""
        name = self.session.document.graph.name or self.tr("untitled")
        start = self.session.path or Path(self._folder()) / f"{name}{SUFFIX}"
        path, _ = QFileDialog.getSaveFileName(self.window, self.tr("Save as"), str(start), FILTER)
        if not path:
            return False
        target = Path(path)
        return self._write(target if target.suffix in (SUFFIX, ".json") else target.with_name(target.name + SUFFIX))

    def may_lose(self) -> bool:
        """Ask whether unsaved work is to be saved; return whether the document may go."""
        if not self.session.dirty:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.window,
            self.tr("Save changes?"),
            self.tr("'{0}' has changes that are not saved. Save them?").format(self.session.document.graph.name),
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    def _write(self, path: Path) -> bool:
        try:
            self.session.save(path)
        except GradCanvasError as error:
            self.tell(str(error))
            return False
        self.settings.add_recent(path)
        return True

    def _folder(self) -> str:
        if self.session.path is not None:
            return str(self.session.path.parent)
        recent = self.settings.recent_files
        return str(recent[0].parent) if recent else str(Path.home())
