"""A spin box whose number stands in line with the texts of other fields."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget

MARGIN = 6
"""Pixels before the number: the style sheet's padding does not reach the line in a spin box."""


class NumberBox(QSpinBox):
    """For whole numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(MARGIN, 0, 0, 0)
