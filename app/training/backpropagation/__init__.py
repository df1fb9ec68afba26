"""Every number that backpropagation computes for a drawing and one example, in float64. No Qt.

torch is imported when a name is first used, except for the plain values of `quantities` and `updates`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from app.training.backpropagation.quantities import (
    Gate,
    LayerNumbers,
    NeuronNumbers,
    OutputNumbers,
    PlaceOverTime,
    ReadingNumbers,
    Stage,
    StateNumbers,
    Term,
    WeightNumbers,
    WeightTerm,
    WireNumbers,
)
from app.training.backpropagation.updates import UpdateRow, UpdateTable

if TYPE_CHECKING:
    from app.training.backpropagation.nudging import Nudge, NudgedStage, finite_difference, nudge_weight
    from app.training.backpropagation.rehearsal import rehearse_updates
    from app.training.backpropagation.trace import Trace, trace_example

_HOME = {
    "trace_example": "trace",
    "Trace": "trace",
    "finite_difference": "nudging",
    "nudge_weight": "nudging",
    "Nudge": "nudging",
    "NudgedStage": "nudging",
    "rehearse_updates": "rehearsal",
}

__all__ = [
    "Gate",
    "LayerNumbers",
    "NeuronNumbers",
    "Nudge",
    "NudgedStage",
    "OutputNumbers",
    "PlaceOverTime",
    "ReadingNumbers",
    "Stage",
    "StateNumbers",
    "Term",
    "Trace",
    "UpdateRow",
    "UpdateTable",
    "WeightNumbers",
    "WeightTerm",
    "WireNumbers",
    "finite_difference",
    "nudge_weight",
    "rehearse_updates",
    "trace_example",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
