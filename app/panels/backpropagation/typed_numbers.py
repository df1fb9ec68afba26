"""An example that somebody types: the numbers of the input, and what each answer should be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.panels.backpropagation.examples import MOST_TYPED, Example, typed_example
from app.panels.backpropagation.figures import short_figure
from app.panels.backpropagation.target_field import TargetField
from app.panels.backpropagation.wanted import Targets, Wanted
from graph_model import DataError, Graph

ROW_HEIGHT = 32


class TypedNumbers(QWidget):
    """A line for the input; the only answer's target beside it, those of several Outputs below, one in each line."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: list[TargetField] = []
        self.values = QLineEdit()
        self.values.setPlaceholderText(self.tr("1, −1"))
        self.values.setToolTip(self.tr("The numbers of the input, separated by commas."))
        self.values.setAccessibleName(self.tr("Input"))
        self.values.editingFinished.connect(self.changed)
        self._first = QHBoxLayout()
        self._first.setSpacing(4)
        self._first.addWidget(QLabel("x ="))
        self._first.addWidget(self.values, 1)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self._rows.addLayout(self._first)

    @property
    def rows(self) -> int:
        """How many lines there are."""
        return 1 if len(self.fields) < 2 else 1 + len(self.fields)

    def offer(self, wanted: Sequence[tuple[str, Wanted]]) -> None:
        """Ask for what the Outputs that are compared with something are to say: (name, what is wanted) of each."""
        if len(wanted) != len(self.fields):
            self._make_fields(len(wanted))
        for field, (output, one) in zip(self.fields, wanted, strict=True):
            field.offer(one, output if len(wanted) > 1 else "")

    def example(self, graph: Graph) -> Example:
        """What is typed, as a sample of a drawing; raises DataError with what to type instead."""
        try:
            text = self.values.text().replace("−", "-").replace(";", ",").strip("()[] ")
            values = [float(part) for part in text.split(",") if part.strip()]
        except ValueError:
            raise DataError("The input must be numbers separated by commas, such as 1, −1.") from None
        return typed_example(graph, values, self._targets())

    def show_example(self, example: Example) -> None:
        """Begin with the numbers of an example."""
        flat = numpy.concatenate([numpy.ravel(array) for array in example.inputs])
        self.values.setText(", ".join(short_figure(value) for value in numpy.round(flat, 2).tolist()))
        targets = example.target if isinstance(example.target, tuple) else (example.target,) * len(self.fields)
        for field, target in zip(self.fields, targets, strict=False):
            field.show_target(target)

    def use_count(self, numbers: int) -> None:
        """Begin anew where the drawing takes another count of numbers than are typed."""
        if len(self.values.text().split(",")) != numbers:
            self.values.setText(", ".join("1" if place % 2 == 0 else "−1" for place in range(min(numbers, MOST_TYPED))))

    def _targets(self) -> Targets:
        found = tuple(field.target() for field in self.fields)
        return found if len(found) > 1 else found[0] if found else None

    def _make_fields(self, count: int) -> None:
        for field in self.fields:
            field.setParent(None)
            field.deleteLater()
        self.fields = [TargetField() for _ in range(count)]
        for field in self.fields:
            field.changed.connect(self.changed)
            if count == 1:
                self._first.addWidget(field)
            else:
                self._rows.addWidget(field)
