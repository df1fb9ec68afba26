"""The table of the lectures: w⁰ → w¹ → w² …, with the gradients and the optimizer's own numbers in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.backpropagation.figures import figure
from app.panels.backpropagation.weights import ChosenWeight
from app.theme.number_box import NumberBox
from app.training.backpropagation.updates import UpdateRow, UpdateTable
from app.training.number_text import SUPERSCRIPTS, shortest

MOST_STEPS = 10
INTERNAL_TITLES = {
    "momentum_buffer": "momentum",
    "exp_avg": "m",
    "exp_avg_corrected": "m̂",
    "exp_avg_sq": "v",
    "exp_avg_sq_corrected": "v̂",
    "square_avg": "mean of g²",
    "sum": "Σ g²",
    "decayed_learning_rate": "η now",
}


class UpdateView(QWidget):
    """`asked` says that other steps or examples are wanted."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = NumberBox()
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setValue(3)
        self.steps.setKeyboardTracking(False)
        self.steps.setAccessibleName(self.tr("Steps"))
        self.steps.valueChanged.connect(lambda: self.asked.emit())
        self.examples = QComboBox()
        self.examples.addItems([self.tr("on this example"), self.tr("on a minibatch")])
        self.examples.setToolTip(self.tr("A minibatch begins with this example; its gradient is the mean over all."))
        self.examples.activated.connect(lambda: self.asked.emit())
        self.internals = QCheckBox(self.tr("optimizer's own numbers"))
        self.internals.setToolTip(self.tr("What the optimizer remembers, such as momentum, and the change Δw."))
        self.internals.toggled.connect(lambda: self._fill())
        self.caption = QLabel()
        self.caption.setProperty("muted", True)
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = QTableWidget()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setAlternatingRowColors(True)
        self.table.setFrameShape(QTableWidget.Shape.NoFrame)
        self.table.currentCellChanged.connect(lambda *_: self._spell_out())
        self.formula = QLabel()
        self.formula.setWordWrap(True)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.goes_on = False
        """Whether the first step goes on from what a run's optimizer remembers."""
        self._content: UpdateTable | None = None
        self._weights: Sequence[ChosenWeight] = ()
        self._titles: Sequence[str] = ()
        self._row_of_column: list[int] = []
        self._lay_out()

    @property
    def on_minibatch(self) -> bool:
        """Whether the steps are taken on a minibatch."""
        return self.examples.currentIndex() == 1

    def offer_minibatch(self, size: int) -> None:
        """Name the minibatch's size; 0: there is none to choose from."""
        self.examples.setItemText(
            1, self.tr("on a minibatch of {0}").format(size) if size else self.tr("on a minibatch")
        )
        self.examples.model().item(1).setEnabled(size > 0)  # type: ignore[attr-defined]
        if not size:
            self.examples.setCurrentIndex(0)

    def show_table(self, table: UpdateTable, weights: Sequence[ChosenWeight], titles: Sequence[str]) -> None:
        """Show the steps of these weights."""
        self._content, self._weights, self._titles = table, weights, titles
        losses = " → ".join(figure(loss) for loss in table.losses)
        options = "".join(
            f", {name} {_option_text(value)}" for name, value in table.options.items() if value not in (0, 0.0, False)
        )
        start = self.tr(", going on from the run") if self.goes_on else ""
        self.caption.setText(
            self.tr("{0}, η = {1}{2}{3}     L: {4}").format(
                table.optimizer, figure(table.learning_rate), options, start, losses
            )
        )
        self._fill()

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(8)
        controls.addWidget(QLabel(self.tr("Steps:")))
        controls.addWidget(self.steps)
        controls.addWidget(self.examples)
        controls.addWidget(self.internals)
        controls.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(controls)
        layout.addWidget(self.caption)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.formula)

    def _fill(self) -> None:
        if self._content is None:
            return
        current = (max(0, self.table.currentRow()), self.table.currentColumn())
        rows = [self._content.rows_of(weight.name, weight.index) for weight in self._weights]
        headers, lines = self._cells(rows)
        self.table.clear()
        self.table.setRowCount(len(lines))
        self.table.setColumnCount(len(headers))
        self.table.setHorizontalHeaderLabels(headers)
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                item = QTableWidgetItem(text)
                left = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(left | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, column, item)
        self.table.resizeColumnsToContents()
        self.table.resizeRowsToContents()
        if lines:
            self.table.setCurrentCell(min(current[0], len(lines) - 1), max(0, min(current[1], len(headers) - 1)))
        self._spell_out()

    def _cells(self, rows: list[tuple[UpdateRow, ...]]) -> tuple[list[str], list[list[str]]]:
        """The headers, and for each weight its line; `_row_of_column` says to which step a column belongs."""
        first = next((steps for steps in rows if steps), ())
        with_internals = self.internals.isChecked()
        names = list(first[0].internals) if first and with_internals else []
        headers, self._row_of_column = [self.tr("weight"), _power("w", 0)], [0, 0]
        lines = [
            [title, figure(steps[0].weight) if steps else "…"] for title, steps in zip(self._titles, rows, strict=True)
        ]
        for step in range(len(first)):
            between = [INTERNAL_TITLES.get(name, name) for name in names] + (["Δw"] if with_internals else [])
            headers += ["∂L/∂w", *between, _power("w", step + 1)]
            self._row_of_column += [step] * (len(between) + 2)
            for line, steps in zip(lines, rows, strict=True):
                if step < len(steps):
                    row = steps[step]
                    inner = [figure(row.internals[name]) if name in row.internals else "–" for name in names]
                    inner += [figure(row.change)] if with_internals else []
                    line += [figure(row.gradient), *inner, figure(row.new_weight)]
        return headers, lines

    def _spell_out(self) -> None:
        """The formula of the step in which the current cell stands."""
        line, column = self.table.currentRow(), self.table.currentColumn()
        if self._content is None or not 0 <= line < len(self._weights) or not 0 <= column < len(self._row_of_column):
            self.formula.clear()
            return
        weight = self._weights[line]
        steps, step = self._content.rows_of(weight.name, weight.index), self._row_of_column[column]
        if step >= len(steps):
            self.formula.clear()
            return
        row = steps[step]
        spelled = row.formula if row.trainable else self.tr("frozen: it stays {0}").format(figure(row.weight))
        working = "".join(f";  {one}" for one in row.working) if self.internals.isChecked() else ""
        self.formula.setText(
            self.tr("Step {0}, {1}: w ← {2}{3}").format(step + 1, self._titles[line], spelled, working)
        )


def _power(letter: str, step: int) -> str:
    """w⁰, w¹, …"""
    return f"{letter}{str(step).translate(SUPERSCRIPTS)}"


def _option_text(value: Any) -> str:
    """An optimizer's option: 0.9, (0.9, 0.999), 10⁻⁸, True."""
    if isinstance(value, (list, tuple)):
        return f"({', '.join(_option_text(entry) for entry in value)})"
    return shortest(value) if isinstance(value, float) else str(value)
