"""One bar for each time step: how much of a gradient comes from it, or comes back to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.panels.backpropagation.figures import figure
from app.theme import Theme

Array = numpy.ndarray[Any, Any]
CAPTION = 18
HEIGHT = 66
GAP = 0.2
"""Share of a bar's room that stays free."""
WIDEST = 48.0
MOST_DECADES = 8
"""On a logarithmic scale at most so many powers of ten are told apart; what is smaller has no bar."""
FLOOR = 0.3
"""By so many powers of ten the smallest bar stands above the bottom."""


@dataclass(frozen=True)
class TimeSeries:
    """`values`: one for each time step, (time,). `logarithmic`: heights are powers of ten of sizes, and no signs.

    `chosen`: the one that is looked at; None where none can be chosen.
    """

    title: str
    values: Array
    chosen: int | None
    logarithmic: bool = False


class TimeBars(QWidget):
    """Bars from the first time step on the left to the last; a click chooses one, counted from 0."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.series: TimeSeries | None = None
        self._theme: Theme | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def sizeHint(self) -> QSize:
        """As high as a few lines of text."""
        return QSize(200, HEIGHT)

    def show_series(self, series: TimeSeries | None, theme: Theme) -> None:
        """Show the numbers of all time steps; None: there are none."""
        self.series, self._theme = series, theme
        self.setVisible(series is not None)
        if series is not None:
            self.setAccessibleName(series.title)
            can_choose = series.chosen is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor)
        self.update()

    def heights(self) -> Array:
        """How high each bar is, (time,): from −1 to 1, below 0 for a negative number."""
        assert self.series is not None
        values = numpy.nan_to_num(self.series.values)
        sizes = numpy.abs(values)
        largest = float(sizes.max()) if sizes.size else 0.0
        if largest == 0:
            return numpy.zeros_like(values)
        if not self.series.logarithmic:
            shares: Array = values / largest
            return shares
        with numpy.errstate(divide="ignore"):
            powers = numpy.log10(sizes / largest)
        lowest = float(powers[numpy.isfinite(powers)].min())
        decades = min(max(math.ceil(-lowest), 1) + FLOOR, MOST_DECADES)
        logarithmic: Array = numpy.maximum(1 + powers / decades, 0.0)
        return logarithmic

    def bar(self, step: int) -> QRectF:
        """Where the room of a time step's bar is, in pixels."""
        assert self.series is not None
        width = min(self.width() / len(self.series.values), WIDEST)
        return QRectF(step * width, CAPTION, width, self.height() - CAPTION)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title and the bars, the chosen one in another colour."""
        if self._theme is None or self.series is None:
            return
        painter, theme, series = QPainter(self), self._theme, self.series
        painter.setPen(theme.colour("muted_text"))
        title = painter.fontMetrics().elidedText(series.title, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), CAPTION), Qt.AlignmentFlag.AlignLeft, title)
        heights = self.heights()
        has_negative = bool((heights < 0).any())
        painter.setPen(Qt.PenStyle.NoPen)
        for step, height in enumerate(heights.tolist()):
            room = self.bar(step)
            full = room.height() / 2 if has_negative else room.height() - 1
            zero = room.top() + room.height() / 2 if has_negative else room.bottom()
            size = max(abs(height) * full, 1.0)
            top = zero - size if height >= 0 else zero
            colour = theme.colour("accent" if step == series.chosen else "muted_text")
            inset = room.width() * GAP / 2
            painter.fillRect(QRectF(room.left() + inset, top, room.width() - 2 * inset, size), colour)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the time step under the pointer."""
        step = self._at(event.position().x())
        if step is not None and self.series is not None and self.series.chosen is not None:
            self.chosen.emit(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the number under the pointer."""
        step = self._at(event.position().x())
        if step is not None and self.series is not None:
            text = self.tr("time step {0}: {1}").format(step + 1, figure(float(self.series.values[step]), 5))
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def _at(self, x: float) -> int | None:
        if self.series is None:
            return None
        step = int(x / max(self.bar(0).width(), 1e-6))
        return step if 0 <= step < len(self.series.values) else None
