"""What training a document will cost, known before it starts: the table for window and command line.

torch is imported when a name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.training.cost.analysis import Analysis, analyze
    from app.training.cost.csv_file import csv_text

_HOME = {
    "Analysis": "app.training.cost.analysis",
    "analyze": "app.training.cost.analysis",
    "csv_text": "app.training.cost.csv_file",
}

__all__ = ["Analysis", "analyze", "csv_text"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
