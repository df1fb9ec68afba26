"""One bar a layer at the chosen step, on a logarithmic scale: input on the left, output on the right."""

from __future__ import annotations

import numpy
import pyqtgraph
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.chosen import ChosenStatistic
from app.panels.layer_colours import layer_colours
from app.panels.plots import decade_range, logarithms, make_plot, paint_in
from app.theme import Theme
from app.training.number_text import scientific
from app.training.recording import Recording

BAR_WIDTH = 0.62


class LayerBars(QWidget):
    """Bars of one step."""

    hovered = Signal(object)
    """Index of the layer under the pointer, or None."""

    def __init__(self, chosen: ChosenStatistic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = chosen
        self.plot = make_plot(decades=True, bottom=self.tr("layers, from input to output"), left="")
        self.bars = pyqtgraph.BarGraphItem(x=[], height=[], width=BAR_WIDTH)
        self.plot.addItem(self.bars)
        self._names: list[str] = []
        self._ticks: tuple[object, ...] = ()
        self._values = numpy.empty(0)
        self._range: tuple[float, ...] = ()
        self.plot.scene().sigMouseMoved.connect(self._mouse_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    def show_rows(self, recording: Recording | None, theme: Theme, highlighted: int | None) -> None:
        """Draw the chosen row."""
        count = recording.row_count() if recording is not None else 0
        if recording is None or count == 0:
            self._values = numpy.empty(0)
            self.bars.setOpts(x=[], height=[], y0=[])
            return
        layers = recording.layers
        row = count - 1 if self.chosen.row is None else min(self.chosen.row, count - 1)
        self._values = numpy.array(recording.gradients(self.chosen.statistic, row, row + 1)[0])
        self._names = [layer.name for layer in layers]
        heights = logarithms(self._values)
        low, high = decade_range(heights)
        floor = low - 0.3
        heights = numpy.where(numpy.isfinite(heights), heights - floor, 0.0)
        pens = [pyqtgraph.mkPen(theme.text if index == highlighted else None) for index in range(len(layers))]
        brushes = layer_colours(recording, self.chosen, theme)
        self.bars.setOpts(
            x=numpy.arange(len(layers)),
            height=heights,
            y0=numpy.full(len(layers), floor),
            width=BAR_WIDTH,
            brushes=brushes,
            pens=pens,
        )
        wanted = (floor, high, len(layers), self.width())
        if wanted != self._range:
            self._range = wanted
            self.plot.setYRange(floor, high, padding=0.0)
            self.plot.setXRange(-0.6, len(layers) - 0.4, padding=0.0)
            self._label(len(layers))

    def restyle(self, theme: Theme) -> None:
        """Take another theme's colours."""
        paint_in(self.plot, theme, self.font())

    def _label(self, count: int) -> None:
        """Write the layers' names where they fit, else every second, third, ... of them."""
        metrics = QFontMetrics(self.font())
        room = max(1.0, self.plot.getPlotItem().vb.width() / max(1, count))
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0) + 10
        every = max(1, int(-(-widest // room)))
        ticks = tuple((index, name) for index, name in enumerate(self._names) if (count - 1 - index) % every == 0)
        if ticks != self._ticks:
            self._ticks = ticks
            self.plot.getAxis("bottom").setTicks([list(ticks)])

    def _mouse_moved(self, position: object) -> None:
        box = self.plot.getPlotItem().vb
        index = round(box.mapSceneToView(position).x())
        if not box.sceneBoundingRect().contains(position) or not 0 <= index < len(self._values):
            self.hovered.emit(None)
            return
        self.plot.setToolTip(f"{self._names[index]}: {scientific(float(self._values[index]))}")
        self.hovered.emit(index)
