"""The small marks before the items of a list: a hue, and an angle for what opens and closes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap


def swatch(colour: QColor, size: int) -> QIcon:
    """A small square of a family's hue."""
    pixmap = _empty(size)
    painter = _painter(pixmap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(0, 0, size, size, 2.5, 2.5)
    painter.end()
    return _icon(pixmap)


def chevron(colour: QColor, size: int, is_open: bool) -> QIcon:
    """An angle that points down before an open family, and right before a closed one."""
    pixmap = _empty(size)
    painter = _painter(pixmap)
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    near, middle, far = size * 0.2, size * 0.5, size * 0.8
    deep, shallow = size * 0.65, size * 0.35
    if is_open:
        painter.drawPolyline([QPointF(near, shallow), QPointF(middle, deep), QPointF(far, shallow)])
    else:
        painter.drawPolyline([QPointF(shallow, near), QPointF(deep, middle), QPointF(shallow, far)])
    painter.end()
    return _icon(pixmap)


def _empty(size: int) -> QPixmap:
    pixmap = QPixmap(size * 2, size * 2)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _painter(pixmap: QPixmap) -> QPainter:
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def _icon(pixmap: QPixmap) -> QIcon:
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # not tinted where the item is selected
    return icon
