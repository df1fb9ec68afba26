"""What lies over the drawing in fixed places: the legend of the values, and the minimap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.canvas.captions import text_font
from app.canvas.guard import guarded
from app.canvas.picture import RAMP
from app.canvas.primitives import draw_coloured_rectangles
from app.training.number_text import power_of_ten

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

LEGEND_SIZE, MINIMAP_SIZE, MARGIN = QSize(206, 62), QSize(168, 74), 14
LARGE, PAUSE_MS = 2_000, 200
COARSE = ~7
"""Every eighth colour of the ramp is enough for bars of a few pixels."""


class Legend(QWidget):
    """What the colours mean, in numbers; shown as long as they mean something."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.setFixedSize(LEGEND_SIZE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Legend"))
        self.hide()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scale between its two numbers."""
        scale = self.canvas.drawing.picture.scale
        if scale is None:
            return
        theme = self.canvas.theme
        painter = QPainter(self)
        _panel(painter, self.canvas, QRectF(self.rect()))
        painter.setFont(text_font())
        painter.setPen(theme.colour("muted_text"))
        wide = QRectF(self.rect()).adjusted(12, 7, -12, -6)
        painter.drawText(wide, Qt.AlignmentFlag.AlignTop, scale.caption)
        colours = np.ascontiguousarray(theme.value_colours[None, :, :])
        ramp = QImage(colours.data, RAMP, 1, RAMP * 3, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(12, 27, self.width() - 24, 9), ramp)
        painter.drawText(wide, Qt.AlignmentFlag.AlignBottom, power_of_ten(scale.lowest))
        right = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight
        painter.drawText(wide, right, power_of_ten(scale.highest))
        painter.end()


class Minimap(QWidget):
    """The whole drawing in small, with the part that is in sight; a click or a drag moves there."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.setFixedSize(MINIMAP_SIZE)
        self.setAccessibleName(self.tr("Minimap"))
        self.setToolTip(self.tr("The whole drawing: click or drag to move there."))
        self._key: tuple[Any, ...] = ()
        self._bars = QPixmap()
        self._age = QElapsedTimer()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars, which are kept as long as nothing changes, and the frame of what is in sight."""
        picture = self.canvas.drawing.picture
        key = (picture.geometry, picture.geometry.revision, picture.theme.name, picture.scale)
        if key != self._key and self._may_paint():
            self._key, self._bars = key, self._painted_bars()
            self._age.start()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._bars)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top, scale = self._placing()
        area = self.canvas.visible_area()
        frame = QRectF(
            (area.left() - left) * scale, (area.top() - top) * scale, area.width() * scale, area.height() * scale
        )
        painter.setPen(QPen(self.canvas.theme.colour("accent"), 1.2))
        painter.drawRoundedRect(frame.intersected(QRectF(self.rect()).adjusted(4, 4, -4, -4)), 3, 3)
        painter.end()

    def _may_paint(self) -> bool:
        """Of large drawings, the bars are painted only a few times a second while something changes."""
        large = len(self.canvas.drawing.geometry.nodes) > LARGE and self._key[:1] == (self.canvas.drawing.geometry,)
        if large and self._age.isValid() and self._age.elapsed() < PAUSE_MS:
            QTimer.singleShot(PAUSE_MS, self, self.update)
            return False
        return True

    def _painted_bars(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        _panel(painter, self.canvas, QRectF(self.rect()))
        picture = self.canvas.drawing.picture
        nodes, values = picture.geometry.nodes.rows, picture.value_indices()
        left, top, scale = self._placing()
        width, height = (np.maximum(nodes[side] * scale, 1.5) for side in ("width", "height"))
        x, y = (nodes["x"] - left) * scale - width / 2, (nodes["y"] - top) * scale - height / 2
        colours = np.where(values >= 0, values & COARSE, RAMP + nodes["family"].astype(np.int64))
        draw_coloured_rectangles(painter, np.column_stack([x, y, width, height]), colours, picture.bar_colours)
        painter.end()
        return pixmap

    def _placing(self) -> tuple[float, float, float]:
        """Left and top of the scene on the map, and the map's scale."""
        bounds = self.canvas.drawing.geometry.bounds() or (-100.0, -50.0, 100.0, 50.0)
        wide, high = max(bounds[2] - bounds[0], 400.0), max(bounds[3] - bounds[1], 200.0)
        scale = min((self.width() - 16) / wide, (self.height() - 16) / high)
        left = (bounds[0] + bounds[2]) / 2 - self.width() / 2 / scale
        return left, (bounds[1] + bounds[3]) / 2 - self.height() / 2 / scale, scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.buttons():
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        left, top, scale = self._placing()
        place = event.position()
        self.canvas.viewpoint.look_at(QPointF(place.x() / scale + left, place.y() / scale + top))
        event.accept()


def _panel(painter: QPainter, canvas: CanvasView, area: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(canvas.theme.colour("line"), 1))
    painter.setBrush(canvas.theme.colour("surface"))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
