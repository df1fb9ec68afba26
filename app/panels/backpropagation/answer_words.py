"""What the network says to an example, and what it should say, in a line each."""

from __future__ import annotations

from collections.abc import Callable

import numpy

from app.panels.backpropagation.figures import figure, vector
from app.panels.backpropagation.wanted import Array, Target
from app.training.datasets.dataset import IGNORED

FEW = 3
MOST_STEPS = 8
"""Time steps of which the class is named one by one."""

ClassName = Callable[[int], str]


def wanted_words(target: Target, name: ClassName) -> str:
    """Return what is wanted, e.g. "wanted: class 3"; "" where there is nothing to compare with."""
    if target is None:
        return ""
    if isinstance(target, int | numpy.integer):
        return f"wanted: class {name(int(target))}"
    if target.dtype.kind == "f":
        return f"wanted: {vector(target)}"
    return f"wanted: classes {_listed(target.tolist(), name)}"


def answer_words(answer: Array, target: Target, name: ClassName) -> str:
    """Return all of a short answer, of a long one its largest number, of a sequence that of each time step."""
    if answer.size <= FEW or (isinstance(target, numpy.ndarray) and target.dtype.kind == "f") or target is None:
        return f"answer y = {vector(answer)}"
    if answer.ndim == 2:
        return f"answer: classes {_listed(said_classes(answer).tolist(), name)}"
    best = int(answer.argmax())
    return f"answer: class {name(best)} (y = {figure(float(answer[best]))})"


def said_classes(answer: Array) -> Array:
    """Return the class that an answer (time, classes) says at each time step."""
    found: Array = answer.argmax(axis=-1) if answer.shape[-1] > 1 else (answer[:, 0] > 0.5).astype(int)
    return found


def _listed(classes: list[int], name: ClassName) -> str:
    shown = ["–" if one == IGNORED else name(one) for one in classes[:MOST_STEPS]]
    rest = len(classes) - len(shown)
    return ", ".join(shown) + (f", … {rest} more" if rest > 0 else "")
