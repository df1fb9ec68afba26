"""How a network learns: data, losses, optimizers, the loop, statistics and recordings. No Qt.

torch is imported when a name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.training.engine import TrainingEngine
    from app.training.history import History
    from app.training.run import TrainingResult, train

_HOME = {
    "train": "app.training.run",
    "TrainingResult": "app.training.run",
    "History": "app.training.history",
    "TrainingEngine": "app.training.engine",
}

__all__ = ["History", "TrainingEngine", "TrainingResult", "train"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
