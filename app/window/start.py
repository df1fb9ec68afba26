"""Starting the editor."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from app.session import EditorSession
from app.theme import ThemeSource, apply_theme, install_fonts
from app.theme.style import base_font
from app.window.main_window import MainWindow
from app.window.settings import WindowSettings
from graph_model import Document, GradCanvasError, load_document

log = logging.getLogger("gradcanvas")


def run_editor(name: str | None = None) -> int:
    """Open the editor on a file, on an example of that name, or on an empty drawing; return the exit status."""
    document, path = None, None
    if name is not None:
        try:
            document, path = open_named(name)
        except GradCanvasError as error:
            print(f"gradcanvas: {error}", file=sys.stderr)
            return 1
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    window = make_window(application, WindowSettings())
    if document is not None:
        window.session.open_document(document, path)
    window.show()
    QTimer.singleShot(0, window.after_first_paint)
    return application.exec()


def make_window(application: QApplication, settings: WindowSettings) -> MainWindow:
    """Make the main window with its session and theme, not shown yet."""
    application.setApplicationName("GradCanvas")
    application.setOrganizationName("GradCanvas")
    application.setDesktopFileName("gradcanvas")
    install_fonts()
    application.setFont(base_font(application.font()))
    theme_source = ThemeSource(settings.theme_mode, application)
    apply_theme(application, theme_source.theme)
    theme_source.changed.connect(lambda theme: apply_theme(application, theme))
    window = MainWindow(EditorSession(), theme_source, settings)
    _report_failures(window)
    return window


def open_named(name: str) -> tuple[Document, Path | None]:
    """Return a file's document and its path, or an example's and None; raises DocumentError."""
    path = Path(name)
    if path.exists():
        return load_document(path), path
    from app.training.gallery import open_example

    return open_example(name), None


def _report_failures(window: MainWindow) -> None:
    """Write failures into a log file and tell about them in the window: none stays silent."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "gradcanvas.log", maxBytes=1_000_000, backupCount=2)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
        where = str(folder / "gradcanvas.log")
    except OSError as error:
        where = f"nowhere ({error})"
    if sys.stderr is not None:
        faulthandler.enable()

    def report(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        log.error("unexpected failure", exc_info=(kind, error, traceback))
        sys.__excepthook__(kind, error, traceback)
        if threading.current_thread() is threading.main_thread():
            sentence = str(error) if isinstance(error, GradCanvasError) else f"{kind.__name__}: {error}"
            window.tell(
                f"Something unexpected happened: {sentence.rstrip('.')}. Your drawing is unharmed. Details: {where}"
            )

    sys.excepthook = report
