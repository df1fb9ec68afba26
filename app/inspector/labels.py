"""Labels and texts that the inspector's pages share."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def shape_text(shape: tuple[Any, ...] | None) -> str:
    """Write a shape as a person reads it; a question mark while it is not known."""
    return "?" if shape is None else "(" + ", ".join(str(axis) for axis in shape) + ")"


def label(style: str | None = None, wrap: bool = False) -> QLabel:
    """Return a label whose text can be selected; `style`: a property of the style sheet."""
    made = QLabel()
    made.setWordWrap(wrap)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if style:
        made.setProperty(style, True)
    return made
