"""Which example goes through the network: one of the training data, or numbers that somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.panels.backpropagation.answer_words import answer_words, wanted_words
from app.panels.backpropagation.examples import MOST_TYPED, Example, TrainingExamples, number_of_inputs, typed_example
from app.panels.backpropagation.figures import figure, short_figure, vector
from app.panels.backpropagation.wanted import Target, Wanted, typed_target, wanted_by
from app.theme import Theme
from app.theme.number_box import NumberBox
from app.training.losses import LossKind
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
        self._wanted_form = Wanted()
        self._wanted: int | None = None
        """The example that was to be shown before there were any."""
        self._lay_out()
        self.mode.activated.connect(self._mode_chosen)
        self.number.valueChanged.connect(self._number_chosen)
        self.previous.clicked.connect(lambda: self._turn(-1))
        self.next.clicked.connect(lambda: self._turn(1))
        self.values.editingFinished.connect(self.changed)
        self.targets.editingFinished.connect(self.changed)
        self.target.valueChanged.connect(lambda: self.changed.emit())

    def use(self, document: Document, loss: LossKind | None, answer: tuple[int, ...] | None) -> None:
        """Offer the examples that a document has. `answer`: the shape of what it says to one, if that is known."""
        self._graph = document.graph
        settings = document.training
        key = (settings.dataset, settings.dataset_options, settings.seed, settings.validation_fraction)
        shapes = tuple(
            (node.id, tuple(node.parameters.get("shape", ())))
            for node in document.graph.nodes()
            if document.graph.kind_of(node).brings_data
        )
        if (key, shapes) != self._settings:
            self._settings = (key, shapes)
            self._load(document)
        wanted = wanted_by(loss, answer, self.examples is not None and self.examples.has_numbers)
        self.target.setMaximum(max(0, (wanted.classes or 1_000_000) - 1))
        if wanted != self._wanted_form:
            self._wanted_form = wanted
            self.targets.setText(wanted.standard)
            self.target.setVisible(wanted.form == "class")
            self.targets.setVisible(wanted.form in ("classes", "numbers"))
            words = {"class": self.tr("class"), "classes": self.tr("classes"), "numbers": self.tr("t ="), "nothing": ""}
            self.target_word.setText(words[wanted.form])

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
            try:
                text = self.values.text().replace("−", "-").replace(";", ",").strip("()[] ")
                values = [float(part) for part in text.split(",") if part.strip()]
            except ValueError:
                raise DataError("The input must be numbers separated by commas, such as 1, −1.") from None
            return typed_example(self._graph, values, self._typed_target())
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
        name = self.examples.class_name if self.examples is not None and not self.is_typed else str
        lines = [wanted_words(trace.target, name), answer_words(trace.output, trace.target, name)]
        lines.append(self.tr("loss l = {0}").format(figure(trace.loss)))
        self.answer.setText("\n".join(line for line in lines if line))
        self._show_input(theme)

    def _typed_target(self) -> Target:
        form = self._wanted_form.form
        if form == "class":
            return self.target.value()
        return None if form == "nothing" else typed_target(self.targets.text(), self._wanted_form)

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
        self.values = QLineEdit()
        self.values.setPlaceholderText(self.tr("1, −1"))
        self.values.setToolTip(self.tr("The numbers of the input, separated by commas."))
        self.values.setAccessibleName(self.tr("Input"))
        self.target = NumberBox()
        self.target.setToolTip(self.tr("The number of the right class, from 0: the answer that is wanted."))
        self.target.setAccessibleName(self.tr("Right class"))
        self.targets = QLineEdit()
        self.targets.setToolTip(self.tr("What the answer should be, separated by commas."))
        self.targets.setAccessibleName(self.tr("Targets"))
        self.targets.hide()
        self.target_word = QLabel(self.tr("class"))
        typed = QWidget()
        row = QHBoxLayout(typed)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(QLabel("x ="))
        row.addWidget(self.values, 1)
        row.addWidget(self.target_word)
        row.addWidget(self.target)
        row.addWidget(self.targets, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(from_data)
        self.pages.addWidget(typed)
        self.pages.setFixedHeight(32)
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
        elif numbers > MOST_TYPED or (self.is_typed and not self.values.text()):
            self._use_mode(FROM_DATA)
        if len(self.values.text().split(",")) != numbers:
            self.values.setText(", ".join("1" if place % 2 == 0 else "−1" for place in range(min(numbers, MOST_TYPED))))

    def _use_mode(self, mode: int) -> None:
        self.mode.setCurrentIndex(mode)
        self.pages.setCurrentIndex(mode)

    def _mode_chosen(self, mode: int) -> None:
        if mode == TYPED and self.examples is not None and self.pages.currentIndex() == FROM_DATA:
            present = self.examples[self.index]
            flat = numpy.concatenate([numpy.ravel(array) for array in present.inputs])
            self.values.setText(", ".join(short_figure(value) for value in numpy.round(flat, 2).tolist()))
            if isinstance(present.target, int):
                self.target.setValue(present.target)
            elif present.target is not None:
                self.targets.setText(", ".join(f"{value:g}" for value in present.target.ravel().tolist()))
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
