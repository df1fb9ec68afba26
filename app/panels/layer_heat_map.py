"""Layers × steps as one picture: dark or bright where the gradient is large."""

from __future__ import annotations

import numpy
import pyqtgraph
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.chosen import ChosenStatistic
from app.panels.plots import decade_range, logarithms, make_plot, paint_in, shown_rows
from app.theme import Theme
from app.training.recording import Recording


class LayerHeatMap(QWidget):
    """One row a layer, the input's at the top."""

    hovered = Signal(object)
    """Index of the layer under the pointer, or None."""

    def __init__(self, chosen: ChosenStatistic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = chosen
        self.plot = make_plot(decades=False, bottom=self.tr("step"), left="")
        self.plot.setToolTip(self.tr("One row for each layer, one column for each step; the colour is the gradient."))
        self.plot.invertY(True)
        self.image = pyqtgraph.ImageItem(axisOrder="row-major")
        self.plot.addItem(self.image)
        self._count = 0
        self.plot.scene().sigMouseMoved.connect(self._mouse_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    def show_rows(self, recording: Recording | None, theme: Theme, highlighted: int | None) -> None:
        """Draw a recording's present content."""
        rows = recording.row_count() if recording is not None else 0
        self.image.setVisible(rows > 0)
        self._count = len(recording.layers) if recording is not None else 0
        if recording is None or rows == 0 or not self._count:
            return
        values = logarithms(recording.gradients(self.chosen.statistic, 0, rows)[shown_rows(rows)])
        low, high = decade_range(values)
        self.image.setImage(numpy.nan_to_num(values.T, nan=low), levels=(low, high), lut=theme.value_colours)
        self.image.setRect(QRectF(0.5, -0.5, rows, self._count))
        self.plot.setXRange(0.5, rows + 0.5, padding=0)
        self.plot.setYRange(-0.5, self._count - 0.5, padding=0)
        every = max(1, -(-self._count * 16 // max(16, self.height())))
        names = [(index, layer.name) for index, layer in enumerate(recording.layers) if index % every == 0]
        self.plot.getAxis("left").setTicks([names])

    def restyle(self, theme: Theme) -> None:
        """Take another theme's colours."""
        paint_in(self.plot, theme, self.font())
        self.plot.showGrid(x=False, y=False)

    def _mouse_moved(self, position: object) -> None:
        box = self.plot.getPlotItem().vb
        index = round(box.mapSceneToView(position).y())
        inside = box.sceneBoundingRect().contains(position) and 0 <= index < self._count
        self.hovered.emit(index if inside else None)
