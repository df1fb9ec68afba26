"""The weights of a layer and their gradient as pictures, from which one weight is chosen."""

from __future__ import annotations

from typing import Any

import numpy
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.panels.backpropagation.heat_map import HeatMap
from app.theme import Theme
from app.theme.number_box import NumberBox
from app.training.backpropagation.quantities import LayerNumbers

Array = numpy.ndarray[Any, Any]
SPIN_WIDTH = 64
WIDE = 1.5
"""Matrices so much wider than high stand above one another, others side by side."""


class LayerMaps(QWidget):
    """`chosen` carries the parameter's name and the index of a weight."""

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, ...] = ()
        self.parameter = QComboBox()
        self.parameter.setToolTip(self.tr("Which parameter of the layer."))
        self.parameter.activated.connect(lambda: self._choose(0, 0))
        self.row, self.column = NumberBox(), NumberBox()
        for spin, meaning in ((self.row, self.tr("Row")), (self.column, self.tr("Column"))):
            spin.setAccessibleName(meaning)
            spin.setToolTip(meaning)
            spin.setKeyboardTracking(False)
            spin.setFixedWidth(SPIN_WIDTH)
            spin.valueChanged.connect(lambda: self._choose(self.row.value(), self.column.value()))
        self.weights, self.gradients = HeatMap(), HeatMap()
        for heat_map in (self.weights, self.gradients):
            heat_map.chosen.connect(self._choose)
        controls = QHBoxLayout()
        controls.setSpacing(4)
        controls.addWidget(self.parameter, 1)
        controls.addWidget(QLabel("["))
        controls.addWidget(self.row)
        controls.addWidget(QLabel(","))
        controls.addWidget(self.column)
        controls.addWidget(QLabel("]"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(controls)
        self.pictures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.pictures.setSpacing(6)
        self.pictures.addWidget(self.weights, 1)
        self.pictures.addWidget(self.gradients, 1)
        layout.addLayout(self.pictures, 1)

    def show_layer(
        self, numbers: LayerNumbers, parameter: str, index: tuple[int, ...], known: bool, theme: Theme
    ) -> None:
        """Show a parameter's numbers, its gradient as far as `known`, and the chosen weight."""
        names = list(numbers.parameters)
        if [self.parameter.itemText(item) for item in range(self.parameter.count())] != names:
            self.parameter.clear()
            self.parameter.addItems(names)
        self.parameter.setCurrentText(parameter)
        values = numbers.parameters[parameter]
        self._shape = values.shape
        flat = int(numpy.ravel_multi_index(index, values.shape)) if index else 0
        matrix = as_matrix(values)
        is_wide = matrix.shape[1] > WIDE * matrix.shape[0]
        direction = QBoxLayout.Direction.TopToBottom if is_wide else QBoxLayout.Direction.LeftToRight
        self.pictures.setDirection(direction)
        place = divmod(flat, matrix.shape[1])
        for spin, size, value in ((self.row, matrix.shape[0], place[0]), (self.column, matrix.shape[1], place[1])):
            blocked = spin.blockSignals(True)
            spin.setMaximum(size - 1)
            spin.setValue(value)
            spin.blockSignals(blocked)
        self.weights.show_values(matrix, parameter, theme, place)
        gradient = numbers.gradients.get(parameter)
        shown = as_matrix(gradient) if known and gradient is not None else numpy.zeros_like(matrix)
        title = f"∂l/∂{parameter}" if known else self.tr("∂l/∂{0}: not yet").format(parameter)
        self.gradients.show_values(shown, title, theme, place)

    def _choose(self, row: int, column: int) -> None:
        columns = as_matrix(numpy.empty(self._shape)).shape[1] if self._shape else 1
        flat = row * columns + column
        index = tuple(int(axis) for axis in numpy.unravel_index(flat, self._shape)) if self._shape else ()
        name = self.parameter.currentText()
        self.chosen.emit(name, index)


def as_matrix(values: Array) -> Array:
    """Any array as a matrix: the first axis downwards, all others along; a vector as one row."""
    return values.reshape(1, -1) if values.ndim < 2 else values.reshape(values.shape[0], -1)
