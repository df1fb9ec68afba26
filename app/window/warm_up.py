"""Importing torch takes seconds: it happens in a thread, after the window is there."""

from __future__ import annotations

import importlib
import logging
import threading

from PySide6.QtCore import QObject, QTimer, Signal

NEEDED = (
    "torch",
    "compiler.checks",
    "compiler.cost",
    "app.training.cost.analysis",
    "app.training.engine",
    "app.training.readiness",
    "app.training.backpropagation.nudging",
)
POLL_MS = 50
log = logging.getLogger(__name__)


class WarmUp(QObject):
    """Imports what training and checking need. `ready` comes once, in the window's thread; `failed` says why not."""

    ready = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._error: str | None = None
        self._done = False
        self._thread = threading.Thread(target=self._import, name="warm-up", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def is_ready(self) -> bool:
        """Whether everything was imported."""
        return self._done and self._error is None

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._timer.start()

    def _import(self) -> None:
        try:
            for name in NEEDED:
                importlib.import_module(name)
        except Exception as error:
            log.exception("PyTorch cannot be loaded")
            self._error = f"PyTorch cannot be loaded, so nothing can be trained: {error}"
        finally:
            self._done = True

    def _poll(self) -> None:
        if not self._done:
            return
        self._timer.stop()
        if self._error is None:
            self.ready.emit()
        else:
            self.failed.emit(self._error)
