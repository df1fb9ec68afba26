"""Computing anew what is shown: one computation at a time, and of several requests only the latest counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.tasks.runner import TaskRunner

SHORTEST_PAUSE_MS = 100


class LatestTask(QObject):
    """A computation in a thread that is asked for again and again, at most ten times a second."""

    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, tasks: TaskRunner, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._title = title
        self._waiting: Callable[[], Any] | None = None
        self._running = False
        self._unwanted = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SHORTEST_PAUSE_MS)
        self._pause.timeout.connect(self._start_waiting)

    @property
    def busy(self) -> bool:
        """Whether a result is still to come."""
        return self._running or self._waiting is not None

    def request(self, work: Callable[[], Any]) -> None:
        """Compute this as soon as the former computation and a short pause are over.

        The former result is still told: else nothing would ever be shown while requests come faster than results.
        """
        self._waiting = work
        if not self._running and not self._pause.isActive():
            self._start_waiting()

    def cancel(self) -> None:
        """Want no result any more."""
        self._waiting = None
        self._unwanted = self._running

    def _start_waiting(self) -> None:
        if self._waiting is None or self._running:
            return
        work, self._waiting = self._waiting, None
        self._running = True
        self._tasks.start(self._title, work, self._succeeded, self._refused)

    def _succeeded(self, result: Any) -> None:
        if not self._ended():
            self.finished.emit(result)

    def _refused(self, sentence: str) -> None:
        if not self._ended():
            self.failed.emit(sentence)

    def _ended(self) -> bool:
        """The thread has ended; whether its result is unwanted."""
        self._running = False
        unwanted, self._unwanted = self._unwanted, False
        self._pause.start()
        return unwanted
