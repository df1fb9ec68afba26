"""Which example goes through the network: one of the training data, or numbers that somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.panels.backpropagation.answer_words import answer_lines
from app.panels.backpropagation.examples import MOST_TYPED, Example, TrainingExamples, number_of_inputs
from app.panels.backpropagation.figures import vector
from app.panels.backpropagation.outputs import DrawnOutput, wanted_of
from app.panels.backpropagation.typed_numbers import ROW_HEIGHT, TypedNumbers
from app.theme import Theme
from app.theme.number_box import NumberBox
from graph_model import DataError, Document, Graph

if TYPE_CHECKING:
    from app.training.backpropagation.trace import Trace

Array = numpy.ndarray[Any, Any]
IMAGE_SIZE = QSize(64, 64)
FROM_DATA, TYPED = range(2)


class ExampleChooser(QWidget):
    """`changed` says that another example is chosen; `example` is that one, or raises DataError with what to do."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.examples: TrainingExamples | None = None
        self._reason = ""
        self._graph = Graph()
        self._settings: tuple[object, ...] = ()
        self._wanted: int | None = None
        """The example that was to be shown before there were any."""
        self._lay_out()
        self.mode.activated.connect(self._mode_chosen)
        self.number.valueChanged.connect(self._number_chosen)
        self.previous.clicked.connect(lambda: self._turn(-1))
        self.next.clicked.connect(lambda: self._turn(1))
        self.typed.changed.connect(self.changed)

    def use(self, document: Document, outputs: Sequence[DrawnOutput]) -> None:
        """Offer the examples that a document has. `outputs`: what its answers are compared by."""
        self._graph = document.graph
        settings = document.training
        key = (settings.dataset, settings.dataset_options, settings.seed, settings.validation_fraction)
        shapes = tuple(
            (node.id, tuple(node.parameters.get("shape", ())), node.parameters.get("dynamic_axes", ""))
            for node in document.graph.nodes()
            if document.graph.kind_of(node).brings_data
        )
        if (key, shapes) != self._settings:
            self._settings = (key, shapes)
            self._load(document)
        self.typed.offer(wanted_of(outputs, () if self.examples is None else self.examples.has_numbers))
        self._fit_page()

    @property
    def is_typed(self) -> bool:
        """Whether the numbers are typed."""
        return self.mode.currentIndex() == TYPED

    @property
    def index(self) -> int:
        """Which of the training examples is chosen, from 0."""
        return self.number.value() - 1

    def example(self) -> Example:
        """The chosen example; raises DataError if there is none."""
        if self.is_typed:
            return self.typed.example(self._graph)
        if self.examples is None:
            raise DataError(self._reason)
        return self.examples[self.index]

    def show_example(self, index: int) -> None:
        """Choose one of the training examples, from 0, unless numbers are typed; if none are there yet, later."""
        if self.examples is None:
            self._wanted = index
        elif not self.is_typed and index < len(self.examples):
            self.number.setValue(index + 1)

    def show_answer(self, trace: Trace, theme: Theme) -> None:
        """Show what the network says to the example, and how far that is from what it should say."""
        name = self.examples.class_name if self.examples is not None and not self.is_typed else None
        lines = answer_lines(trace.ends, trace.loss, name)
        self.answer.setText("\n".join(lines))
        self._show_input(theme)

    def clear_answer(self) -> None:
        """Show no answer: there is none."""
        self.answer.clear()

    # Parts

    def _lay_out(self) -> None:
        self.mode = QComboBox()
        self.mode.addItems([self.tr("Training example"), self.tr("Own numbers")])
        self.mode.setToolTip(self.tr("Where the example comes from."))
        self.previous, self.next = QPushButton("‹"), QPushButton("›")
        for button, meaning in (
            (self.previous, self.tr("The example before")),
            (self.next, self.tr("The next example")),
        ):
            button.setFixedWidth(26)
            button.setStyleSheet("padding: 4px 0;")
            button.setToolTip(meaning)
            button.setAccessibleName(meaning)
        self.number = NumberBox()
        self.number.setMinimum(1)
        self.number.setKeyboardTracking(False)
        self.number.setAccessibleName(self.tr("Number of the example"))
        self.count = QLabel()
        self.count.setProperty("muted", True)
        from_data = QWidget()
        row = QHBoxLayout(from_data)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.previous, self.number, self.next, self.count):
            row.addWidget(widget)
        row.addStretch(1)
        self.typed = TypedNumbers()
        self.pages = QStackedWidget()
        self.pages.addWidget(from_data)
        self.pages.addWidget(self.typed)
        self._fit_page()
        self.image = QLabel()
        self.image.setFixedSize(IMAGE_SIZE)
        self.image.hide()
        self.input = QLabel()
        self.answer = QLabel()
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.input, self.answer):
            label.setWordWrap(True)
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addWidget(self.input)
        beside.addWidget(self.answer)
        beside.addStretch(1)
        shown = QHBoxLayout()
        shown.setSpacing(10)
        shown.addWidget(self.image, 0, Qt.AlignmentFlag.AlignTop)
        shown.addLayout(beside, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.mode)
        layout.addWidget(self.pages)
        layout.addLayout(shown, 1)

    # Choosing

    def _load(self, document: Document) -> None:
        try:
            self.examples = TrainingExamples(document)
            self._reason = ""
        except DataError as error:
            self.examples, self._reason = None, str(error)
        blocked = self.number.blockSignals(True)
        self.number.setMaximum(max(1, len(self.examples) if self.examples is not None else 1))
        if self._wanted is not None and self.examples is not None:
            self.number.setValue(self._wanted + 1)
            self._wanted = None
        self.number.blockSignals(blocked)
        self.count.setText(self.tr("of {0:,}").format(len(self.examples)) if self.examples is not None else "")
        numbers = number_of_inputs(document.graph)
        self.mode.model().item(FROM_DATA).setEnabled(self.examples is not None)  # type: ignore[attr-defined]
        self.mode.model().item(TYPED).setEnabled(numbers <= MOST_TYPED)  # type: ignore[attr-defined]
        if self.examples is None and 0 < numbers <= MOST_TYPED:
            self._use_mode(TYPED)
        elif numbers > MOST_TYPED or (self.is_typed and not self.typed.values.text()):
            self._use_mode(FROM_DATA)
        self.typed.use_count(numbers)

    def _use_mode(self, mode: int) -> None:
        self.mode.setCurrentIndex(mode)
        self.pages.setCurrentIndex(mode)
        self._fit_page()

    def _fit_page(self) -> None:
        """As many lines as there is something to choose or type in."""
        self.pages.setFixedHeight(ROW_HEIGHT * (self.typed.rows if self.is_typed else 1))

    def _mode_chosen(self, mode: int) -> None:
        if mode == TYPED and self.examples is not None and self.pages.currentIndex() == FROM_DATA:
            self.typed.show_example(self.examples[self.index])
        self._use_mode(mode)
        self.changed.emit()

    def _number_chosen(self) -> None:
        self.changed.emit()

    def _turn(self, by: int) -> None:
        count = self.number.maximum()
        self.number.setValue((self.number.value() - 1 + by) % count + 1)

    def _show_input(self, theme: Theme) -> None:
        image = None
        if self.examples is not None and not self.is_typed:
            image = self.examples.image(self.index)
        self.image.setVisible(image is not None)
        self.input.setVisible(image is None and not self.is_typed)
        if image is not None:
            self.image.setPixmap(_pixmap(image, theme))
        elif not self.is_typed and self.examples is not None:
            self.input.setText(self.tr("x = {0}").format(vector(self.examples[self.index].inputs[0])))


def _pixmap(image: Array, theme: Theme) -> QPixmap:
    """Ink in the colour of text on paper."""
    paper, ink = theme.colour("paper"), theme.colour("text")
    share = numpy.clip(image, 0.0, 1.0)[..., None]
    low = numpy.array([paper.red(), paper.green(), paper.blue()])
    high = numpy.array([ink.red(), ink.green(), ink.blue()])
    pixels = numpy.ascontiguousarray((low + (high - low) * share).astype(numpy.uint8))
    height, width = image.shape
    picture = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(picture.copy()).scaled(IMAGE_SIZE, Qt.AspectRatioMode.KeepAspectRatio)
