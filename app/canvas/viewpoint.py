"""From where the drawing is looked at: how near, and which part of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF

from app.canvas import sizes

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

MARGINS = (28.0, 24.0, 28.0, 92.0)
"""Left, top, right, bottom, in pixels, when all is shown; legend and minimap stand at the bottom."""
CORNERS = 224.0
"""How far legend and minimap reach in from either side, in pixels: a narrow drawing stands between them."""
LARGEST_FIT = 1.1
BESIDE = 160.0
"""How much is shown to the left and to the right of nodes that are to be seen: where their wires come from."""
NOTHING_TO_SEE = (-200.0, -120.0, 200.0, 120.0)


class Viewpoint:
    """Zoom and place of the view. Until somebody moves it or edits the drawing, all of it is kept in sight."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.fits_whole = True

    @property
    def scale(self) -> float:
        """Pixels for each scene unit."""
        return float(self.canvas.transform().m11())

    def area(self) -> QRectF:
        """The part of the drawing that is in sight."""
        corner = self.canvas.viewport().rect().bottomRight() + QPoint(1, 1)
        return QRectF(self.canvas.mapToScene(QPoint(0, 0)), self.canvas.mapToScene(corner))

    def look_at(self, place: QPointF) -> None:
        """Bring a place of the drawing into the middle."""
        self.fits_whole = False
        self.canvas.centerOn(place)
        self.canvas.refresh()

    def pan(self, distance: QPoint) -> None:
        """Move the paper by so many pixels."""
        self.fits_whole = False
        self._shift(-distance)
        self.canvas.refresh()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom; the point of the drawing at `at` (pixels; by default the middle) stays where it is."""
        self.zoom_to(self.scale * factor, at)

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Zoom to so many pixels for each scene unit."""
        self.fits_whole = False
        canvas = self.canvas
        scale = min(sizes.LARGEST_SCALE, max(sizes.LEAST_SCALE, scale))
        point = (QPointF(canvas.viewport().rect().center()) if at is None else at).toPoint()
        fixed = canvas.mapToScene(point)
        canvas.resetTransform()
        canvas.scale(scale, scale)
        self._shift(canvas.mapFromScene(fixed) - point)
        canvas.zoom_changed.emit(scale)
        canvas.refresh()

    def fit(self) -> None:
        """Show the whole drawing, at most a little enlarged."""
        self._show(self.canvas.drawing.geometry.bounds() or NOTHING_TO_SEE)
        self.fits_whole = True

    def show_nodes(self, node_ids: Iterable[str]) -> None:
        """Show these nodes with what stands beside them; nothing changes if all are in sight and large enough."""
        geometry = self.canvas.drawing.geometry
        rows = self.canvas.drawing.picture.rows(frozenset(node_ids))
        if not len(rows):
            return
        nodes = geometry.nodes.rows[rows]
        across, down = nodes["width"] / 2 + BESIDE, nodes["height"] / 2
        left, right = float((nodes["x"] - across).min()), float((nodes["x"] + across).max())
        top, bottom = float((nodes["y"] - down).min() - sizes.ABOVE), float((nodes["y"] + down).max() + sizes.BELOW)
        if self.scale >= sizes.TEXT_FROM and self.area().contains(QRectF(QPointF(left, top), QPointF(right, bottom))):
            self.canvas.refresh()
            return
        self._show((left, top, right, bottom))

    def _show(self, bounds: tuple[float, float, float, float]) -> None:
        area = QRectF(QPointF(*bounds[:2]), QPointF(*bounds[2:]))
        _, above, _, _ = MARGINS
        between = (CORNERS, above, CORNERS, above)
        margins = max(MARGINS, between, key=lambda margins: self._largest(area, margins))
        left, top, right, bottom = margins
        self.zoom_to(min(LARGEST_FIT, self._largest(area, margins)))
        self.canvas.centerOn(area.center() + QPointF(right - left, bottom - top) / 2 / self.scale)
        self.canvas.refresh()

    def _largest(self, area: QRectF, margins: tuple[float, float, float, float]) -> float:
        """The scale at which a part of the drawing fills what the margins leave."""
        left, top, right, bottom = margins
        wide = max(40.0, self.canvas.viewport().width() - left - right)
        high = max(40.0, self.canvas.viewport().height() - top - bottom)
        return float(min(wide / max(1.0, area.width()), high / max(1.0, area.height())))

    def fit_if_untouched(self) -> None:
        """Keep the whole drawing in sight, until somebody moves the view or edits the drawing."""
        if self.fits_whole:
            self.fit()

    def _shift(self, distance: QPoint) -> None:
        across, down = self.canvas.horizontalScrollBar(), self.canvas.verticalScrollBar()
        across.setValue(across.value() + distance.x())
        down.setValue(down.value() + distance.y())
