"""Plots in the theme's colours: axes with powers of ten, and what all panels' plots have in common."""

from __future__ import annotations

from typing import Any

import numpy
import pyqtgraph

from app.theme import Theme
from app.training.number_text import power_of_ten

Array = numpy.ndarray[Any, Any]

MOST_POINTS = 600
"""Points shown of a curve: more than the pixels of a panel cost time and show nothing."""


class DecadeAxis(pyqtgraph.AxisItem):
    """An axis of logarithms: a tick at each power of ten, or at every second, third, ... where there is no room."""

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:
        """Whole decades only."""
        low, high = int(numpy.ceil(minimum - 1e-9)), int(numpy.floor(maximum + 1e-9))
        room = max(1, int(size // 22))
        step = max(1, -(-(high - low + 1) // room))
        return [(float(step), [float(decade) for decade in range(low, high + 1) if decade % step == 0])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """10⁻⁸ and so on."""
        return [power_of_ten(round(value)) for value in values]


class CountAxis(pyqtgraph.AxisItem):
    """An axis of things that are counted, such as steps: no ticks between whole numbers."""

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:
        """Whole numbers only."""
        found = super().tickValues(minimum, maximum, size)
        whole = [(spacing, ticks) for spacing, ticks in found if spacing >= 1]
        few = range(int(numpy.ceil(minimum)), int(numpy.floor(maximum)) + 1)
        return whole or [(1.0, [float(number) for number in few])]


def make_plot(*, decades: bool, bottom: str, left: str) -> pyqtgraph.PlotWidget:
    """Return a plot that the mouse does not drag about; `decades`: its y axis holds logarithms."""
    axes: dict[str, pyqtgraph.AxisItem] = {"bottom": CountAxis("bottom")}
    if decades:
        axes["left"] = DecadeAxis("left")
    plot = pyqtgraph.PlotWidget(axisItems=axes)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(False, False)
    plot.setLabel("bottom", bottom)
    plot.setLabel("left", left)
    plot.getPlotItem().setContentsMargins(0, 4, 8, 0)
    plot.setFrameShape(plot.Shape.NoFrame)
    return plot


def paint_in(plot: pyqtgraph.PlotWidget, theme: Theme, font: Any) -> None:
    """Give a plot the theme's colours and a font for its ticks."""
    plot.setBackground(theme.surface)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pyqtgraph.mkPen(theme.line))
        axis.setTextPen(pyqtgraph.mkPen(theme.muted_text))
        axis.setTickFont(font)
        axis.setStyle(tickLength=0)
        axis.label.setFont(font)
        axis.label.setDefaultTextColor(theme.colour("muted_text"))
    plot.showGrid(x=False, y=True, alpha=0.12)


def shown_rows(count: int) -> Array:
    """Return which rows of a recording are shown: all of few, evenly spaced ones of many, always the last."""
    if count <= MOST_POINTS:
        return numpy.arange(count)
    return numpy.unique(numpy.linspace(0, count - 1, MOST_POINTS).round().astype(int))


def logarithms(values: Array) -> Array:
    """Return log10, and NaN where there is nothing to take it of: zeros leave a gap."""
    positive = numpy.where(values > 0, values, numpy.nan)
    return numpy.asarray(numpy.log10(positive))


def decade_range(values: Array) -> tuple[float, float]:
    """Return whole decades that hold finite logarithms."""
    finite = values[numpy.isfinite(values)]
    if not len(finite):
        return (-4.0, 0.0)
    low, high = float(numpy.floor(finite.min())), float(numpy.ceil(finite.max()))
    return (low, high) if high - low >= 1 else (low, low + 1.0)
