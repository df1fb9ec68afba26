"""What one answer should be, as it is typed: a class, a class for each time step, or numbers."""

from __future__ import annotations

import numpy
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from app.panels.backpropagation.wanted import Target, Wanted, typed_target
from app.theme.number_box import NumberBox

MOST_CLASSES = 1_000_000


class TargetField(QWidget):
    """A box for a class, or a line for several numbers. `changed` says that something else is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = Wanted()
        self.word = QLabel(self.tr("class"))
        self.number = NumberBox()
        self.number.setToolTip(self.tr("The number of the right class, from 0: the answer that is wanted."))
        self.line = QLineEdit()
        self.line.setToolTip(self.tr("What the answer should be, separated by commas."))
        self.line.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.word)
        row.addWidget(self.number)
        row.addWidget(self.line, 1)
        self.number.valueChanged.connect(lambda: self.changed.emit())
        self.line.editingFinished.connect(self.changed)

    def offer(self, wanted: Wanted, output: str) -> None:
        """Ask for what is wanted. `output`: of which Output, "" for the only one."""
        self.number.setMaximum(max(0, (wanted.classes or MOST_CLASSES) - 1))
        if wanted != self._wanted:
            self._wanted = wanted
            self.line.setText(wanted.standard)
            self.number.setVisible(wanted.form == "class")
            self.line.setVisible(wanted.form in ("classes", "numbers"))
        words = {"class": self.tr("class"), "classes": self.tr("classes"), "numbers": self.tr("t ="), "nothing": ""}
        word = words[wanted.form]
        self.word.setText(f"{output}: {word}" if output else word)
        self.number.setAccessibleName(self.tr("Right class {0}").format(output).strip())
        self.line.setAccessibleName(self.tr("Targets {0}").format(output).strip())

    def target(self) -> Target:
        """What is typed; raises DataError with what to type instead."""
        if self._wanted.form == "class":
            return self.number.value()
        return None if self._wanted.form == "nothing" else typed_target(self.line.text(), self._wanted)

    def show_target(self, target: Target) -> None:
        """Show a target of this form."""
        if isinstance(target, int | numpy.integer):
            self.number.setValue(int(target))
        elif target is not None:
            self.line.setText(", ".join(f"{value:g}" for value in target.ravel().tolist()))
