"""Running a function in a thread and hearing of its end in the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from graph_model import GradCanvasError

POLL_MS = 50
PATIENCE = 10.0
"""Seconds to wait for a task when the window closes."""
log = logging.getLogger(__name__)


class Task:
    """One function in its thread. A thread cannot be ended by force: `cancelled` makes its result unwanted."""

    def __init__(self, title: str, work: Callable[[], Any]) -> None:
        self.title = title
        self.cancelled = False
        self.done = False
        self.result: Any = None
        self.error: str | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, name=title, daemon=True)
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait for the thread's end."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self.result = self._work()
        except GradCanvasError as error:
            self.error = str(error)
        except Exception as error:
            log.exception("%s failed", self.title)
            self.error = f"{self.title} failed: {type(error).__name__}: {error}"
        finally:
            self.done = True


class TaskRunner(QObject):
    """Starts tasks and calls back, in the window's thread, when they are done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[tuple[Task, Callable[[Any], object], Callable[[str], object]]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    def start(
        self,
        title: str,
        work: Callable[[], Any],
        succeeded: Callable[[Any], object],
        failed: Callable[[str], object],
    ) -> Task:
        """Run `work` in a thread, then `succeeded(result)` or `failed(sentence)` here."""
        task = Task(title, work)
        self._running.append((task, succeeded, failed))
        self._timer.start()
        return task

    @property
    def busy(self) -> bool:
        """Whether anything is running."""
        return bool(self._running)

    def close(self) -> None:
        """Want no result any more, and wait for the threads: one that is within torch when Python ends aborts it."""
        self._timer.stop()
        for task, _, _ in self._running:
            task.cancelled = True
            task.join(PATIENCE)
        self._running.clear()

    def _poll(self) -> None:
        for entry in [entry for entry in self._running if entry[0].done]:
            task, succeeded, failed = entry
            self._running.remove(entry)
            if task.cancelled:
                continue
            if task.error is not None:
                failed(task.error)
            else:
                succeeded(task.result)
        if not self._running:
            self._timer.stop()
