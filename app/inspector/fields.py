"""The right widget for each type of parameter. A field holds no state: it shows a value and says what was entered."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.inspector.choice_box import ChoiceBox
from app.theme.number_box import NumberBox
from graph_model import EditError
from graph_model.parameters import AxisNames, Boolean, Choice, Integer, Parameter, Real, Reals, Shape, Size
from graph_model.powers_of_ten import computer_text, full_number

LARGEST_SPIN = 2**31 - 1
DIGITS = 10
NARROWEST = 90
"""Pixels: an editor may be as narrow as this, whatever its longest value."""


class Field(QWidget):
    """A widget for one parameter. `entered` carries a value that the parameter accepts; what it refuses stays in the
    field, with the reason under it."""

    entered = Signal(object)

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setProperty("problem", True)
        self.reason.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.editor = self._make_editor()
        self.editor.setMinimumWidth(NARROWEST if not isinstance(self.editor, QCheckBox) else 0)
        self.editor.setToolTip(parameter.meaning)
        self.editor.setAccessibleName(parameter.name)
        self.editor.setAccessibleDescription(parameter.meaning)
        layout.addWidget(self.editor)
        layout.addWidget(self.reason)

    def show_value(self, value: Any) -> None:
        """Show a value without reporting it as entered."""
        self.refuse(None)
        blocked = self.editor.blockSignals(True)
        self._set(value)
        self.editor.blockSignals(blocked)

    def show_different(self) -> None:
        """Show that what is edited together does not have one value; what is entered will be that of all."""
        self.refuse(None)
        blocked = self.editor.blockSignals(True)
        self._set_different()
        self.editor.blockSignals(blocked)

    def refuse(self, reason: str | None) -> None:
        """Show why a value cannot be taken; None: all is well."""
        self.reason.setText(reason or "")
        self.reason.setVisible(bool(reason))
        self.editor.setProperty("invalid", bool(reason))
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)

    def offer(self, value: Any) -> None:
        """Check a value and report it, or show why not."""
        try:
            accepted = self.parameter.validate(value)
        except EditError as error:
            self.refuse(str(error))
            return
        self.refuse(None)
        self.entered.emit(accepted)

    def _make_editor(self) -> QWidget:
        raise NotImplementedError

    def _set(self, value: Any) -> None:
        raise NotImplementedError

    def _set_different(self) -> None:
        raise NotImplementedError


class IntegerField(Field):
    """A spin box that can be typed into; out of range is refused with the reason, not clipped in silence."""

    def _make_editor(self) -> QWidget:
        spin = NumberBox()
        spin.setKeyboardTracking(False)
        spin.setRange(-LARGEST_SPIN, LARGEST_SPIN)
        spin.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        spin.valueChanged.connect(self.offer)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        return spin

    def _set(self, value: Any) -> None:
        self.editor.setSpecialValueText("")  # type: ignore[attr-defined]
        self.editor.setValue(int(value))  # type: ignore[attr-defined]

    def _set_different(self) -> None:
        self.editor.setSpecialValueText(self.tr("different"))  # type: ignore[attr-defined]
        self.editor.setValue(-LARGEST_SPIN)  # type: ignore[attr-defined]


class BooleanField(Field):
    """A check box."""

    def _make_editor(self) -> QWidget:
        box = QCheckBox()
        box.toggled.connect(self.offer)
        return box

    def _set(self, value: Any) -> None:
        self.editor.setText("")  # type: ignore[attr-defined]
        self.editor.setChecked(bool(value))  # type: ignore[attr-defined]

    def _set_different(self) -> None:
        self._set(False)
        self.editor.setText(self.tr("different"))  # type: ignore[attr-defined]


class ChoiceField(Field):
    """A list to choose from."""

    def _make_editor(self) -> QWidget:
        box = ChoiceBox()
        assert isinstance(self.parameter, Choice)
        box.addItems(list(self.parameter.choices))
        box.textActivated.connect(self.offer)
        return box

    def _set(self, value: Any) -> None:
        self.editor.setCurrentText(str(value))  # type: ignore[attr-defined]

    def _set_different(self) -> None:
        self.editor.setPlaceholderText(self.tr("different"))  # type: ignore[attr-defined]
        self.editor.setCurrentIndex(-1)  # type: ignore[attr-defined]


class OptionalField(Field):
    """A list to choose from, for a word or yes and no, with nothing as its first entry."""

    def _make_editor(self) -> QWidget:
        parameter = self.parameter
        words = {word: word for word in parameter.choices} if isinstance(parameter, Choice) else {}
        self.values: dict[str, Any] = {"–": None, **(words or {self.tr("yes"): True, self.tr("no"): False})}
        box = ChoiceBox()
        box.addItems(list(self.values))
        box.textActivated.connect(lambda text: self.offer(self.values[text]))
        return box

    def _set(self, value: Any) -> None:
        text = next(text for text, known in self.values.items() if known == value)
        self.editor.setCurrentText(text)  # type: ignore[attr-defined]

    def _set_different(self) -> None:
        self.editor.setPlaceholderText(self.tr("different"))  # type: ignore[attr-defined]
        self.editor.setCurrentIndex(-1)  # type: ignore[attr-defined]


class TextField(Field):
    """A line of text that is read as the parameter needs it when Enter is pressed or the field is left."""

    empty_text = ""
    """What an empty line means."""

    def _make_editor(self) -> QWidget:
        line = QLineEdit()
        line.editingFinished.connect(self._finished)
        self._last = ""
        return line

    def _set(self, value: Any) -> None:
        self._last = self.written(value)
        self.editor.setText(self._last)  # type: ignore[attr-defined]
        self.editor.setPlaceholderText(self.empty_text)  # type: ignore[attr-defined]

    def _set_different(self) -> None:
        self._set(None)
        self.editor.setPlaceholderText(self.tr("different"))  # type: ignore[attr-defined]

    def written(self, value: Any) -> str:
        """A value as it stands in the line."""
        return value_text(value)

    def _finished(self) -> None:
        text = self.editor.text()  # type: ignore[attr-defined]
        if text == self._last:
            self.refuse(None)
            return
        self.offer(read_value(text, self.parameter))


class AxisNamesField(TextField):
    """A line of names; an empty one shows what could stand there."""

    def _make_editor(self) -> QWidget:
        self.empty_text = self.tr("none, e.g. time")
        return super()._make_editor()


def value_text(value: Any) -> str:
    """Write a value into a line: 3, 0.5, "3, 5", or nothing for None."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(value_text(entry) for entry in value)
    return full_number(value, DIGITS) if isinstance(value, float) else str(value)


def read_value(text: str, parameter: Parameter) -> Any:
    """Read a line as its parameter needs it; what cannot be read is returned as text, to be refused."""
    cleaned = computer_text(text.strip().strip("[]()")).replace("×", ",")
    if not cleaned:
        return "" if isinstance(parameter, AxisNames) else None
    if isinstance(parameter, (Size, Shape, Reals)):
        parts = [part for part in cleaned.replace(";", ",").replace(" ", ",").split(",") if part]
        numbers = [_number(part) for part in parts]
        if any(isinstance(number, str) for number in numbers):
            return text
        return numbers[0] if isinstance(parameter, Size) and len(numbers) == 1 else numbers
    return _number(cleaned) if isinstance(parameter, (Integer, Real)) else text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def field_for(parameter: Parameter) -> Field:
    """Return the field for a parameter's type."""
    if parameter.optional:
        return OptionalField(parameter) if isinstance(parameter, (Boolean, Choice)) else TextField(parameter)
    if isinstance(parameter, Integer):
        return IntegerField(parameter)
    if isinstance(parameter, Boolean):
        return BooleanField(parameter)
    if isinstance(parameter, Choice):
        return ChoiceField(parameter)
    return AxisNamesField(parameter) if isinstance(parameter, AxisNames) else TextField(parameter)
