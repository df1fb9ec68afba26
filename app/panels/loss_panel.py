"""Loss and accuracy over the steps, on training and on validation data."""

from __future__ import annotations

import numpy
import pyqtgraph
from PySide6.QtWidgets import QSplitter, QWidget

from app.panels.plots import make_plot, paint_in, shown_rows
from app.panels.recording_panel import RecordingPanel
from app.theme import Theme, ThemeSource
from app.training.recording import Recording


class LossPanel(RecordingPanel):
    """Two plots: loss, and accuracy in per cent."""

    def __init__(self, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(theme_source, parent)
        self.invitation.setText(self.tr("Press Run: loss and accuracy appear here."))
        self.loss_plot = make_plot(decades=False, bottom=self.tr("step"), left=self.tr("loss"))
        self.loss_plot.setToolTip(self.tr("How far the answers are from what they should be: the lower the better."))
        self.accuracy_plot = make_plot(decades=False, bottom=self.tr("step"), left=self.tr("accuracy, %"))
        self.accuracy_plot.setToolTip(self.tr("The share of examples that are classified correctly."))
        self.curves = {
            "train_loss": (self.loss_plot, self.tr("training, each minibatch")),
            "validation_loss": (self.loss_plot, self.tr("validation")),
            "train_accuracy": (self.accuracy_plot, self.tr("training")),
            "validation_accuracy": (self.accuracy_plot, self.tr("validation")),
        }
        self.items: dict[str, pyqtgraph.PlotDataItem] = {}
        self.loss_plot.addLegend(offset=(-8, 4), brush=None)
        self.accuracy_plot.addLegend(offset=(-8, -8), brush=None)
        for column, (plot, title) in self.curves.items():
            self.items[column] = plot.plot([], [], name=title)
        self.accuracy_plot.setYRange(0, 100, padding=0.02)
        plots = QSplitter()
        plots.addWidget(self.loss_plot)
        plots.addWidget(self.accuracy_plot)
        self.show_content(plots)

    def draw(self, recording: Recording, count: int) -> None:
        """Draw all curves: every step of the training loss, the others where they were measured."""
        lowest, highest = 0.0, 0.0
        for column, item in self.items.items():
            values = numpy.asarray(recording.column(column, 0, count))
            rows = shown_rows(count) if column == "train_loss" else numpy.flatnonzero(~numpy.isnan(values))
            shown = values[rows] * (100.0 if column.endswith("accuracy") else 1.0)
            item.setData(rows + 1.0, shown)
            if column.endswith("loss") and len(shown):
                lowest, highest = min(lowest, float(numpy.nanmin(shown))), max(highest, float(numpy.nanmax(shown)))
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.setXRange(1, max(2, count), padding=0.01)
        self.loss_plot.setYRange(lowest * 1.05, highest * 1.05 or 1.0, padding=0)

    def restyle(self, theme: Theme) -> None:
        """Put a theme on both plots."""
        for plot in (self.loss_plot, self.accuracy_plot):
            paint_in(plot, theme, self.font())
            plot.getPlotItem().legend.setLabelTextColor(theme.text)
        for column, item in self.items.items():
            is_training = column.startswith("train")
            item.setPen(pyqtgraph.mkPen(theme.muted_text if is_training else theme.accent, width=1))
            if column != "train_loss":
                item.setSymbol("o")
                item.setSymbolSize(5)
                item.setSymbolPen(None)
                item.setSymbolBrush(theme.muted_text if is_training else theme.accent)
