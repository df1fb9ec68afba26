"""Painted nodes, kept: nodes that look alike are painted once and then copied, as long as nobody zooms."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

MARGIN = 6.0
"""Room around a node for its outline, in scene units."""
MOST_SPRITES = 600
LARGEST_SCALE = 2.0
"""From nearer, few nodes are in sight, and keeping them would take much memory."""


class SpriteCache:
    """Pixmaps of nodes by what they look like, for one scale."""

    def __init__(self) -> None:
        self._pixmaps: dict[Hashable, QPixmap] = {}
        self._scale: tuple[float, float] = (0.0, 0.0)

    def clear(self) -> None:
        """Paint all nodes anew."""
        self._pixmaps.clear()

    def draw(
        self, painter: QPainter, key: Hashable, body: QRectF, scale: float, paint: Callable[[QPainter, QRectF], None]
    ) -> None:
        """Draw what `paint` paints for a body, from memory if something of this key was painted before."""
        ratio = painter.device().devicePixelRatio()
        if self._scale != (scale, ratio) or len(self._pixmaps) > MOST_SPRITES:
            self._pixmaps.clear()
            self._scale = (scale, ratio)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = _painted(body, scale, ratio, paint)
        corner = painter.worldTransform().map(body.topLeft() - QPointF(MARGIN, MARGIN))
        placed = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
        world = painter.worldTransform()
        painter.resetTransform()
        painter.drawPixmap(placed, pixmap)
        painter.setWorldTransform(world)


def _painted(body: QRectF, scale: float, ratio: float, paint: Callable[[QPainter, QRectF], None]) -> QPixmap:
    width, height = body.width() + 2 * MARGIN, body.height() + 2 * MARGIN
    pixmap = QPixmap(round(width * scale * ratio) + 1, round(height * scale * ratio) + 1)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    paint(painter, QRectF(MARGIN, MARGIN, body.width(), body.height()))
    painter.end()
    return pixmap
