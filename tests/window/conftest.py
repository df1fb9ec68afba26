"""The real main window, without a display."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app.window.main_window import MainWindow
from app.window.settings import WindowSettings
from app.window.start import make_window


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path, monkeypatch) -> Iterator[MainWindow]:
    """The main window with an empty drawing, ready to train; it is closed without questions afterwards."""
    import sys

    hook = sys.excepthook
    settings = WindowSettings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    settings.theme_mode = "light"
    settings.library_folder = tmp_path / "library"
    made = make_window(qapp, settings)
    sys.excepthook = hook
    made.resize(1280, 720)
    made.show()
    made.after_first_paint()
    qtbot.waitUntil(lambda: made.warm_up.is_ready and made.session.live_check.compiler_ready, timeout=30_000)
    yield made
    made.control.close()
    made.session.new()
    made.session.undo_stack.setClean()
    made.close()
