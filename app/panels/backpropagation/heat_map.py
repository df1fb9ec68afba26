"""A matrix as a picture: one square a number, in the colours of values; a click chooses one."""

from __future__ import annotations

from typing import Any

import numpy
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.panels.backpropagation.figures import figure, size_text
from app.theme import Theme

Array = numpy.ndarray[Any, Any]
MOST_PIXELS = 512
"""Of larger matrices the first rows and columns are shown."""
CAPTION = 18


class HeatMap(QWidget):
    """Magnitudes of a matrix, small ones like the paper, large ones strong. `chosen` carries row and column."""

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: Array = numpy.zeros((1, 1))
        self._title = ""
        self._theme: Theme | None = None
        self._place: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(90, 60))

    def show_values(self, values: Array, title: str, theme: Theme, place: tuple[int, int] | None) -> None:
        """Show a matrix (rows, columns); `place`: the chosen row and column."""
        shape = size_text(values.shape)
        self._values = values[:MOST_PIXELS, :MOST_PIXELS]
        self._title, self._theme, self._place = f"{title}  [{shape}]", theme, place
        self.setAccessibleName(self._title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint caption, squares and the mark of the chosen one."""
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.setPen(self._theme.colour("muted_text"))
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), CAPTION), Qt.AlignmentFlag.AlignLeft, title)
        area = self._area()
        magnitudes = numpy.abs(numpy.nan_to_num(self._values))
        largest = float(magnitudes.max()) or 1.0
        places = numpy.rint(magnitudes / largest * 255).astype(numpy.uint8)
        pixels = numpy.ascontiguousarray(self._theme.value_colours[places])
        rows, columns = self._values.shape
        picture = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        painter.drawImage(area, picture)
        if self._place is not None:
            row, column = self._place
            wide, high = area.width() / columns, area.height() / rows
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            mark = QRectF(area.left() + column * wide, area.top() + row * high, max(wide, 4), max(high, 4))
            painter.drawRect(mark)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the square under the pointer."""
        place = self._at(event.position().toPoint())
        if place is not None:
            self.chosen.emit(*place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the number under the pointer."""
        place = self._at(event.position().toPoint())
        if place is not None:
            text = f"[{place[0]}, {place[1]}] = {figure(float(self._values[place]), 5)}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def square(self, row: int, column: int) -> QPoint:
        """The middle of a square, in pixels."""
        area = self._area()
        rows, columns = self._values.shape
        x = area.left() + (column + 0.5) * area.width() / columns
        return QPoint(round(x), round(area.top() + (row + 0.5) * area.height() / rows))

    def _area(self) -> QRectF:
        rows, columns = self._values.shape
        wide, high = float(self.width() - 4), float(self.height() - CAPTION - 4)
        side = min(wide / columns, high / rows, 22.0)
        width, height = max(side * columns, min(wide, 24.0)), max(side * rows, min(high, 8.0))
        return QRectF(2, CAPTION, width, height)

    def _at(self, point: QPoint) -> tuple[int, int] | None:
        area = self._area()
        if not area.contains(point.toPointF()):
            return None
        rows, columns = self._values.shape
        row = int((point.y() - area.top()) / area.height() * rows)
        column = int((point.x() - area.left()) / area.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)
