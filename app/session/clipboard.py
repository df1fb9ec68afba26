"""Parts of drawings on the system's clipboard, as JSON text: they can be pasted into a mail or a chat as
well.

Text only, because a QMimeData of Python's outlives the interpreter on the clipboard and crashes the process
at exit (PySide6 6.11.3, offscreen).
"""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtGui import QGuiApplication

from graph_model import EditError
from graph_model.fragment import FORMAT


def put_fragment(fragment: dict[str, Any]) -> None:
    """Put a part of a drawing on the clipboard, for other windows too."""
    QGuiApplication.clipboard().setText(json.dumps(fragment))


def has_fragment() -> bool:
    """Whether the clipboard seems to hold a part of a drawing."""
    return FORMAT in QGuiApplication.clipboard().text()[:200]


def fragment() -> Any:
    """Return the part of a drawing on the clipboard; raises EditError if there is none."""
    try:
        return json.loads(QGuiApplication.clipboard().text())
    except (ValueError, RecursionError):
        raise EditError("There is no part of a drawing on the clipboard.") from None
