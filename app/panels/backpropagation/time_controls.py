"""Chooses a time step of a block over time, and its direction where it has two."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QSpinBox, QWidget

from app.panels.backpropagation.time_steps import TimeSteps

SLIDER_WIDTH = 220


class TimeControls(QWidget):
    """ "RNN: time step 3 of 20", counted from 1. `moved` says that another one was chosen."""

    moved = Signal()

    def __init__(self, steps: TimeSteps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = steps
        self.title = QLabel()
        self.number = QSpinBox()
        self.number.setMinimum(1)
        self.number.setKeyboardTracking(False)
        self.number.setAccessibleName(self.tr("Time step"))
        self.number.setToolTip(self.tr("The time step whose numbers are shown inside the block."))
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMinimum(1)
        self.slider.setMaximumWidth(SLIDER_WIDTH)
        self.slider.setAccessibleName(self.tr("Time step"))
        self.slider.setToolTip(self.number.toolTip())
        self.backwards = QCheckBox(self.tr("the direction that reads from the end"))
        self.backwards.setToolTip(self.tr("The block reads in both directions, each with weights of its own."))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.title, self.number, self.count, self.slider, self.backwards):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.number.valueChanged.connect(self.go)
        self.slider.valueChanged.connect(self.go)
        self.backwards.toggled.connect(self._turn)
        self.hide()

    def show_place(self, name: str) -> None:
        """Offer the time steps of the present place, which is called so."""
        place = self.steps.place
        self.setVisible(place is not None)
        if place is None:
            return
        self.title.setText(self.tr("{0}: time step").format(name))
        self.count.setText(self.tr("of {0}").format(place.time))
        for widget in (self.number, self.slider, self.backwards):
            widget.blockSignals(True)
        for chooser in (self.number, self.slider):
            chooser.setMaximum(place.time)
            chooser.setValue(place.shown + 1)
        self.backwards.setVisible(len(place.starts) == 2)
        self.backwards.setChecked(self.steps.is_backwards)
        for widget in (self.number, self.slider, self.backwards):
            widget.blockSignals(False)

    def go(self, number: int) -> None:
        """Look at another time step, counted from 1."""
        self.steps.choose(number - 1)
        self.moved.emit()

    def _turn(self, backwards: bool) -> None:
        self.steps.look_backwards(backwards)
        self.moved.emit()
