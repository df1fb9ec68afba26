"""One curve a layer over the steps, on a logarithmic scale."""

from __future__ import annotations

import numpy
import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.chosen import ChosenStatistic
from app.panels.layer_colours import layer_colours
from app.panels.plots import decade_range, logarithms, make_plot, paint_in, shown_rows
from app.theme import Theme
from app.training.recording import Recording

HIGHLIGHTED_WIDTH = 3
HOVER_REACH = 0.08
"""How near the pointer must be to a curve, as a share of the plot's height."""


class LayerCurves(QWidget):
    """Curves over steps; the chosen step is a line that can be dragged."""

    hovered = Signal(object)
    """Index of the layer under the pointer, or None."""

    def __init__(self, chosen: ChosenStatistic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = chosen
        self.plot = make_plot(decades=True, bottom=self.tr("step"), left="")
        self.plot.setToolTip(self.tr("One curve for each layer: the size of its gradient at every step."))
        self.curves: list[pyqtgraph.PlotCurveItem] = []
        self.line = pyqtgraph.InfiniteLine(angle=90, movable=True)
        self.line.sigPositionChangeFinished.connect(self._line_moved)
        self.plot.addItem(self.line)
        self.line.hide()
        self._logarithms = numpy.empty((0, 0))
        self._steps = numpy.empty(0)
        self._range: tuple[float, ...] = ()
        self._style: tuple[object, ...] = ()
        self.plot.scene().sigMouseMoved.connect(self._mouse_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    def show_rows(self, recording: Recording | None, theme: Theme, highlighted: int | None) -> None:
        """Draw a recording's present content."""
        layers = recording.layers if recording is not None else []
        count = recording.row_count() if recording is not None else 0
        self._pool(len(layers))
        if recording is None or count == 0:
            self._logarithms, self._steps = numpy.empty((0, len(layers))), numpy.empty(0)
            for curve in self.curves:
                curve.hide()
            self.line.hide()
            return
        rows = shown_rows(count)
        self._steps = rows + 1.0
        self._logarithms = logarithms(recording.gradients(self.chosen.statistic, 0, count)[rows])
        for index, curve in enumerate(self.curves):
            if index < len(layers):
                curve.setData(self._steps, self._logarithms[:, index], connect="finite")
                curve.setVisible(True)
        colours = layer_colours(recording, self.chosen, theme)
        style = (tuple(colour.rgb() for colour in colours), highlighted)
        if style != self._style:
            self._style = style
            for index, (curve, colour) in enumerate(zip(self.curves, colours, strict=False)):
                curve.setPen(pyqtgraph.mkPen(colour, width=HIGHLIGHTED_WIDTH if index == highlighted else 1))
        self._fit(count)
        self._place_line(theme)

    def restyle(self, theme: Theme) -> None:
        """Take another theme's colours."""
        paint_in(self.plot, theme, self.font())

    def _pool(self, count: int) -> None:
        while len(self.curves) < count:
            curve = pyqtgraph.PlotCurveItem()
            self.plot.addItem(curve)
            self.curves.append(curve)
        for curve in self.curves[count:]:
            curve.hide()

    def _fit(self, count: int) -> None:
        low, high = decade_range(self._logarithms)
        wanted = (low, high, float(max(count, 2)))
        if wanted != self._range:
            self._range = wanted
            self.plot.setYRange(low, high, padding=0.02)
            self.plot.setXRange(1, wanted[2], padding=0.01)

    def _place_line(self, theme: Theme) -> None:
        self.line.setVisible(self.chosen.row is not None)
        if self.chosen.row is not None:
            self.line.setPen(pyqtgraph.mkPen(theme.accent, width=1, style=Qt.PenStyle.DashLine))
            self.line.setValue(self.chosen.row + 1)

    def _line_moved(self) -> None:
        self.chosen.choose_row(max(0, round(self.line.value()) - 1))

    def _mouse_moved(self, position: object) -> None:
        if not len(self._steps):
            return
        box = self.plot.getPlotItem().vb
        point = box.mapSceneToView(position)
        column = int(numpy.abs(self._steps - point.x()).argmin())
        distance = numpy.abs(self._logarithms[column] - point.y())
        if not numpy.isfinite(distance).any():
            self.hovered.emit(None)
            return
        nearest = int(numpy.nanargmin(distance))
        height = self._range[1] - self._range[0]
        inside = box.sceneBoundingRect().contains(position)
        self.hovered.emit(nearest if inside and distance[nearest] <= HOVER_REACH * height else None)
