"""Which quantity, at which step, all panels and the canvas show."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

STATISTIC_TITLES = {"rms": "RMS", "mean_abs": "mean |∂L/∂W|", "norm": "L2 norm"}


class ChosenStatistic(QObject):
    """The chosen statistic of ∂L/∂W and the chosen step (index of a recorded row; None: the latest)."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._statistic = "rms"
        self._row: int | None = None

    @property
    def statistic(self) -> str:
        """One of STATISTIC_TITLES."""
        return self._statistic

    @property
    def row(self) -> int | None:
        """The chosen row, or None for the latest."""
        return self._row

    def choose_statistic(self, statistic: str) -> None:
        """Show another statistic."""
        if statistic != self._statistic:
            self._statistic = statistic
            self.changed.emit()

    def choose_row(self, row: int | None) -> None:
        """Show another step."""
        if row != self._row:
            self._row = row
            self.changed.emit()
