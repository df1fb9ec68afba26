"""A form of fields for declared parameters."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from app.inspector.fields import Field, field_for
from graph_model.parameters import Parameter

LABEL_WIDTH = 112
"""Pixels, so that forms above one another stand in line."""


class ParameterForm(QWidget):
    """One row for each parameter; those that do not matter for the present values are hidden."""

    entered = Signal(str, object)

    def __init__(self, parameters: Mapping[str, Parameter], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(7)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, parameter in parameters.items():
            field = field_for(parameter)
            field.entered.connect(lambda value, name=name: self.entered.emit(name, value))
            label = QLabel(name)
            label.setProperty("muted", True)
            label.setToolTip(parameter.meaning)
            label.setBuddy(field.editor)
            label.setMinimumWidth(LABEL_WIDTH)
            self._layout.addRow(label, field)
            self.fields[name] = field

    def show_values(self, values: Mapping[str, Any], different: Container[str] = ()) -> None:
        """Show values and hide what they make irrelevant; `different`: those that several nodes do not have alike."""
        for name, field in self.fields.items():
            if name in different:
                field.show_different()
            elif name in values:
                field.show_value(values[name])
            self._layout.setRowVisible(field, field.parameter.is_relevant(values))
