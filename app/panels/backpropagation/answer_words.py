"""What the network says to an example, and what it should say, in a line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy

from app.panels.backpropagation.figures import figure, sum_of, vector
from app.panels.backpropagation.wanted import Array, Target
from app.training.backpropagation.quantities import OutputNumbers
from app.training.datasets.dataset import IGNORED
from app.training.losses import loss_kind

FEW = 3
MOST_STEPS = 8
"""Time steps of which the class is named one by one."""

ClassName = Callable[[int], str]
NameOfTarget = Callable[[int, int], str]
"""Which of the targets, and a class of it -> what that is called."""


def answer_lines(ends: Sequence[OutputNumbers], loss: float, name: NameOfTarget | None) -> list[str]:
    """Return what is wanted, what is answered and how far that is off; of several Outputs a line for each."""
    if len(ends) > 1:
        lines = [_short_line(end, _class_name(end, name)) for end in ends]
    else:
        called, end = _class_name(ends[0], name), ends[0]
        lines = [wanted_words(end.target, called), answer_words(end.answer, end.target, called)]
    summed = "" if is_alone(ends) else f"{summands(ends)} = "
    return [*filter(None, lines), f"loss l = {summed}{figure(loss)}"]


def _class_name(end: OutputNumbers, name: NameOfTarget | None) -> ClassName:
    return str if name is None or end.target_number is None else partial(name, end.target_number)


def _short_line(end: OutputNumbers, name: ClassName) -> str:
    """What an Output says and should say, where that is a class; else how far it is off."""
    if not isinstance(end.target, int | numpy.integer):
        return f"{end.name}: loss {figure(end.loss)}"
    kind = loss_kind(end.loss_name)
    if end.answer.size == 1:
        said = int(end.answer.item() > kind.boundary)
    else:
        said = int(end.answer.argmin() if kind.smallest_wins else end.answer.argmax())
    return f"{end.name}: {name(said)}, wanted: {name(int(end.target))}"


def is_alone(ends: Sequence[OutputNumbers]) -> bool:
    """Whether the loss is that of the only Output, as it is."""
    return len(ends) == 1 and ends[0].weight == 1.0


def summands(ends: Sequence[OutputNumbers]) -> str:
    """Return what the losses of all Outputs add up from: 2.31 + 0.5 · 0.7."""
    return sum_of(weighed(end.weight, figure(end.loss)) for end in ends)


def weighed(weight: float, text: str) -> str:
    """Return something with a loss's weight before it, which is left out where it is 1."""
    if weight == 1.0:
        return text
    return f"{weight:g} · ({text})" if text.startswith("−") else f"{weight:g} · {text}"


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
