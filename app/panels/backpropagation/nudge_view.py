"""Change one weight and watch the change travel: how much of it arrives at each depth, and at the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy
import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from app.panels.backpropagation.figures import figure
from app.panels.plots import decade_range, logarithms, make_plot, paint_in
from app.theme import Theme

if TYPE_CHECKING:
    from app.training.backpropagation.nudging import Nudge, NudgedStage

SLIDER_PARTS = 50
"""Positions of the slider for a change of 1."""
LARGEST_SLID = 4.0
FIELD_WIDTH, TICK_WIDTH = 104, 76
DIES_OUT = 1e-3
FORETOLD = 0.2
"""How far Δl may be from ∂l/∂w · Δw, as a share of it, without a word."""
LONGEST_TITLE = 10
"""Characters of a stage's name under its bar."""


class NudgeView(QWidget):
    """`changed` says that another Δw is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.change = QDoubleSpinBox()
        self.change.setRange(-1e6, 1e6)
        self.change.setDecimals(4)
        self.change.setSingleStep(0.1)
        self.change.setValue(1.0)
        self.change.setKeyboardTracking(False)
        self.change.setFixedWidth(FIELD_WIDTH)
        self.change.setAccessibleName(self.tr("Change of the weight"))
        self.change.valueChanged.connect(self._typed)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(-LARGEST_SLID * SLIDER_PARTS), round(LARGEST_SLID * SLIDER_PARTS))
        self.slider.setValue(SLIDER_PARTS)
        self.slider.setAccessibleName(self.tr("Change of the weight"))
        self.slider.setToolTip(self.tr("By how much the weight is changed, from −4 to 4."))
        self.slider.valueChanged.connect(self._slid)
        self.flip = QPushButton("±")
        self.flip.setToolTip(self.tr("Change it in the other direction."))
        self.flip.setFixedWidth(30)
        self.flip.setStyleSheet("padding: 4px 0;")
        self.flip.clicked.connect(lambda: self.change.setValue(-self.change.value()))
        self.sentence = QLabel()
        self.loss = QLabel()
        for label in (self.sentence, self.loss):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.plot = make_plot(decades=True, bottom=self.tr("depth, from input to output"), left=self.tr("RMS of Δa"))
        self.bars = pyqtgraph.BarGraphItem(x=[], height=[], width=0.62)
        self.plot.addItem(self.bars)
        self._lay_out()

    @property
    def wanted_change(self) -> float:
        """Δw."""
        return float(self.change.value())

    def show_weight(self, title: str | None) -> None:
        """Name the weight that is nudged; None: none can be."""
        self.title.setText(
            self.tr("Nudge the weight <b>{0}</b>").format(title)
            if title
            else self.tr("Select a wire, a neuron or a layer: its weight is nudged.")
        )
        for widget in (self.change, self.slider, self.flip):
            widget.setEnabled(title is not None)

    def show_nudge(self, nudge: Nudge, theme: Theme) -> None:
        """Show how far the change came."""
        sizes = numpy.array([stage.root_mean_square for stage in nudge.stages])
        self.sentence.setText(self.sentence_of(nudge))
        self.loss.setText(self.loss_text(nudge))
        heights = logarithms(sizes)
        low, high = decade_range(heights)
        floor = low - 0.3
        shown = numpy.where(numpy.isfinite(heights), heights - floor, 0.0)
        count = len(sizes)
        brushes = [theme.layer_colour(index, count) for index in range(count)]
        pens = [pyqtgraph.mkPen(None)] * count
        self.bars.setOpts(x=numpy.arange(count), height=shown, y0=numpy.full(count, floor), brushes=brushes, pens=pens)
        self.plot.setYRange(floor, high, padding=0.02)
        self.plot.setXRange(-0.6, count - 0.4, padding=0)
        every = max(1, -(-count * TICK_WIDTH // max(TICK_WIDTH, self.plot.width() - TICK_WIDTH)))
        ticks = [(index, _short(stage.title)) for index, stage in enumerate(nudge.stages) if index % every == 0]
        self.plot.getAxis("bottom").setTicks([ticks])

    def loss_text(self, nudge: Nudge) -> str:
        """The change of the loss, beside what the slope foretells."""
        text = self.tr("Loss: {0} → {1}, so Δl = {2}.\n∂l/∂w · Δw foretells {3}").format(
            figure(nudge.before.loss), figure(nudge.after.loss), figure(nudge.loss_change), figure(nudge.predicted)
        )
        if not nudge.predicted:
            return text + "."
        ratio = nudge.loss_change / nudge.predicted
        text += self.tr(" (ratio {0}).").format(figure(ratio))
        if abs(ratio - 1.0) > FORETOLD:
            text += " " + self.tr("Too large a step for the slope alone.")
        return text

    def sentence_of(self, nudge: Nudge) -> str:
        """What becomes of the change, in words."""
        reached = [stage for stage in nudge.stages if stage.root_mean_square > 0]
        if not reached:
            return self.tr("A change of {0} here changes nothing at all.").format(figure(nudge.change))
        first, last = reached[0], nudge.stages[-1]
        text = self.tr("A change of {0} here changes {1} by {2}").format(
            figure(nudge.change), _title(first), figure(first.root_mean_square)
        )
        if first is last:
            return text + "."
        after = reached[1] if len(reached) > 1 else None
        if after is not None and after is not last:
            text += self.tr(", the next stage by {0}").format(figure(after.root_mean_square))
        text += self.tr(", the output by {0}.").format(figure(last.root_mean_square))
        if last.root_mean_square < DIES_OUT * first.root_mean_square:
            text += " " + self.tr("On its way it has all but died out.")
        return text

    def restyle(self, theme: Theme) -> None:
        """Put a theme on."""
        paint_in(self.plot, theme, self.font())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(QLabel("Δw ="))
        row.addWidget(self.change)
        row.addWidget(self.flip)
        row.addWidget(self.slider, 1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.title)
        left.addLayout(row)
        left.addWidget(self.sentence)
        left.addWidget(self.loss)
        left.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(left, 5)
        layout.addWidget(self.plot, 4)

    def _slid(self, position: int) -> None:
        self.change.setValue(position / SLIDER_PARTS)

    def _typed(self, change: float) -> None:
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round(max(-LARGEST_SLID, min(LARGEST_SLID, change)) * SLIDER_PARTS))
        self.slider.blockSignals(blocked)
        self.changed.emit()


def _title(stage: NudgedStage) -> str:
    """A layer's or a neuron's name in quotation marks, or "column 2"."""
    return f"'{stage.title}'" if len(stage.node_ids) == 1 else stage.title


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
