"""File ▸ Export and Import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.session import EditorSession
from app.tasks import TaskRunner
from app.theme import ThemeSource
from app.window.document_flow import DocumentFlow
from app.window.export_dialog import ExportDialog
from graph_model import ExportError, GradCanvasError
from graph_model.document_file.atomic import write_atomically


class Exports(QObject):
    """What the export and import actions do."""

    def __init__(
        self,
        window: QWidget,
        session: EditorSession,
        flow: DocumentFlow,
        tasks: TaskRunner,
        theme_source: ThemeSource,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self.window = window
        self.session = session
        self.flow = flow
        self.tasks = tasks
        self.theme_source = theme_source
        self.tell = tell
        self.dialog: ExportDialog | None = None

    def export_onnx(self) -> None:
        """Ask where, then export in the background."""
        path = self._ask(self.tr("Export ONNX"), ".onnx", "ONNX (*.onnx)")
        if path is not None:
            self.dialog = ExportDialog(self.session.document, path, self.tasks, self.window)
            self.dialog.open()

    def export_source(self) -> None:
        """Write PyTorch source."""
        path = self._ask(self.tr("Export PyTorch source"), ".py", "Python (*.py)")
        if path is None:
            return
        from compiler import to_source

        try:
            write_atomically(path, to_source(self.session.document).encode())
        except OSError as error:
            self.tell(self.tr("{0} cannot be written: {1}.").format(path, error.strerror or error))
        except GradCanvasError as error:
            self.tell(str(error))
        else:
            self.tell(self.tr("Wrote {0}.").format(path))

    def export_picture(self) -> None:
        """Write a picture of the drawing, in the present theme."""
        path = self._ask(self.tr("Export a picture"), ".png", "PNG (*.png)")
        if path is None:
            return
        from app.canvas.render import render_document

        try:
            render_document(self.session.document, path, self.theme_source.theme.name)
        except ExportError as error:
            self.tell(str(error))
        else:
            self.tell(self.tr("Wrote {0}.").format(path))

    def import_onnx(self) -> None:
        """Ask for a model, and open it as a drawing."""
        path, _ = QFileDialog.getOpenFileName(self.window, self.tr("Import ONNX"), self._folder(), "ONNX (*.onnx)")
        if path:
            self._import(Path(path))

    def _import(self, path: Path) -> None:
        from compiler import import_onnx

        self.tasks.start(self.tr("Import"), lambda: import_onnx(path), self.flow.open_document, self.tell)

    def _ask(self, title: str, suffix: str, kinds: str) -> Path | None:
        start = Path(self._folder()) / f"{self.session.document.graph.name or 'network'}{suffix}"
        path, _ = QFileDialog.getSaveFileName(self.window, title, str(start), kinds)
        if not path:
            return None
        return Path(path) if Path(path).suffix == suffix else Path(path + suffix)

    def _folder(self) -> str:
        return str(self.session.path.parent if self.session.path is not None else Path.home())
