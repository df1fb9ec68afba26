"""A layer as its neurons and wires, and neurons as the layer that they form.

Both directions return one edit, made on the document as it is, and change no output. torch is imported when a function
is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from compiler.unfolding.limit import MOST_WIRES

if TYPE_CHECKING:
    from compiler.unfolding.inside import ChangedInside, Opened, fold_inside, unfold_inside
    from compiler.unfolding.layer_to_neurons import Unfolded, unfold, unfold_refusal
    from compiler.unfolding.neurons_to_layer import Folded, fold, fold_refusal

_HOME = {
    "fold": "compiler.unfolding.neurons_to_layer",
    "Folded": "compiler.unfolding.neurons_to_layer",
    "ChangedInside": "compiler.unfolding.inside",
    "fold_inside": "compiler.unfolding.inside",
    "Opened": "compiler.unfolding.inside",
    "unfold_inside": "compiler.unfolding.inside",
    "fold_refusal": "compiler.unfolding.neurons_to_layer",
    "unfold": "compiler.unfolding.layer_to_neurons",
    "Unfolded": "compiler.unfolding.layer_to_neurons",
    "unfold_refusal": "compiler.unfolding.layer_to_neurons",
}

__all__ = [
    "MOST_WIRES",
    "ChangedInside",
    "Folded",
    "Opened",
    "Unfolded",
    "fold",
    "fold_inside",
    "fold_refusal",
    "unfold",
    "unfold_inside",
    "unfold_refusal",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
