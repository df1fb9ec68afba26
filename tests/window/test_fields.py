"""Every parameter of the catalogue has a field that shows its value and takes it back."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit

from app.inspector.fields import field_for
from graph_model import kinds


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_each_parameter_can_be_shown_and_offered(kind, qtbot):
    for parameter in kind.parameters.values():
        field = field_for(parameter)
        qtbot.addWidget(field)
        field.show_value(parameter.default)
        with qtbot.waitSignal(field.entered) as entered:
            field.offer(parameter.default)
        assert entered.args == [parameter.default]


def test_an_optional_number_is_entered_and_emptied_again(qtbot):
    field = field_for(kinds()["Embedding"].parameters["padding_idx"])
    qtbot.addWidget(field)
    line = field.editor
    assert isinstance(line, QLineEdit)
    found = []
    field.entered.connect(found.append)
    for text in ("3", ""):
        line.setText(text)
        line.editingFinished.emit()
        field.show_value(found[-1])
    assert found == [3, None]
    line.setText("-1")
    line.editingFinished.emit()
    assert found == [3, None]
    assert "padding_idx must be a whole number of at least 0" in field.reason.text()
