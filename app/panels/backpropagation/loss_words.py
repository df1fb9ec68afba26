"""The loss in words: how that of each Output came about, their sum, and with which ∂l/∂y the way back begins."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.answer_words import is_alone, said_classes, summands, weighed
from app.panels.backpropagation.figures import figure, vector
from app.panels.backpropagation.wanted import Array, Target
from app.training.backpropagation.quantities import OutputNumbers
from app.training.datasets.dataset import IGNORED
from app.training.losses import loss_kind

LOSS_NAMES = {"cross_entropy": "cross-entropy", "mean_squared_error": "mean squared error"}
MOST_SQUARES = 4
MOST_TIME_STEPS = 16
MOST_COLUMNS = 3


def loss_words(ends: Sequence[OutputNumbers], loss: float) -> str:
    """Return the loss of one example as rich text. `ends`: what each Output adds to it."""
    if is_alone(ends):
        return page.heading("The loss", _kind_words(ends[0])) + _own_words(ends[0], "l")
    letters = [_letter(end) for end in ends]
    spelled = " + ".join(weighed(end.weight, letter) for end, letter in zip(ends, letters, strict=True))
    if len(ends) == 1:
        text = page.heading("The loss", f"{ends[0].weight:g} × {_kind_words(ends[0])}")
    else:
        text = page.heading("The loss", f"of {len(ends)} Outputs together")
        text += page.words(
            "Each Output has a loss of its own. Training makes one number small: their sum, in which each counts as "
            "much as its loss_weight says."
        )
    text += page.formula(f"l = {spelled}", f"= {summands(ends)} = {page.result(figure(loss))}")
    parts = [_part_words(end, len(ends) > 1) for end in ends]
    return text + (page.columns(*parts) if 1 < len(ends) <= MOST_COLUMNS else "".join(parts))


def output_words(end: OutputNumbers, ends: Sequence[OutputNumbers]) -> str:
    """Return one Output as rich text: what it adds to the loss. `ends`: all of them."""
    if is_alone(ends):
        return page.heading(escape(end.name), f"Output, {_kind_words(end)}") + _own_words(end, "l")
    title = page.heading(escape(end.name), f"Output, {_kind_words(end)}, weight {end.weight:g}")
    return title + _part_words(end, False)


def _letter(end: OutputNumbers) -> str:
    return f"l<sub>{escape(end.name)}</sub>"


def _kind_words(end: OutputNumbers) -> str:
    return escape(LOSS_NAMES.get(end.loss_name, loss_kind(end.loss_name).title))


def _part_words(end: OutputNumbers, with_title: bool) -> str:
    """One Output of several, or one with a weight: its own loss, and what its weight makes of the way back."""
    title = page.section(f"{end.name}: {LOSS_NAMES.get(end.loss_name, loss_kind(end.loss_name).title)}")
    return (title if with_title else "") + _own_words(end, _letter(end))


def _own_words(end: OutputNumbers, letter: str) -> str:
    """How an Output's own loss came about, and where the way back begins. `letter`: that of its own loss."""
    if isinstance(end.target, numpy.ndarray) and end.target.dtype.kind != "f":
        text = _of_time_steps(end, end.target, letter)
    else:
        y = numpy.ravel(end.answer)
        wanted = _wanted(end.target, y, end.loss_name)
        text = page.formula(f"answer y = {vector(y)}{_wanted_words(end.target, wanted)}")
        text += _spelled(y, wanted, end, letter)
    if end.loss_name not in LOSS_NAMES:
        text += page.words(escape(loss_kind(end.loss_name).meaning))
    return text + _start_words(end, letter)


def _start_words(end: OutputNumbers, letter: str) -> str:
    """With which ∂l/∂y the way back begins: the weight is one more factor."""
    start = page.result(vector(end.weight * end.gradient, 3))
    if letter == "l":
        return page.formula(f"The way back begins with ∂l/∂y = {start}")
    if end.weight == 1.0:
        return page.formula(f"Its weight is 1: the way back begins here with ∂l/∂y = ∂{letter}/∂y", f"= {start}")
    return page.formula(
        f"The way back begins here with ∂l/∂y = weight · ∂{letter}/∂y",
        f"= {end.weight:g} · {_as_factor(vector(end.gradient, 3))} = {start}",
    )


def _as_factor(text: str) -> str:
    """The gradient of an answer with one number may begin with a sign."""
    return f"({text})" if text.startswith("−") else text


def _wanted(target: Target, y: Array, loss_name: str) -> Array | None:
    """The number that each output is compared with."""
    if target is None:
        return None
    if isinstance(target, numpy.ndarray):
        return numpy.ravel(target)
    wanted = numpy.zeros(len(y))
    wanted[min(target, len(y) - 1)] = float(target > 0 or len(y) > 1 or loss_name == "cross_entropy")
    return wanted


def _wanted_words(target: Target, wanted: Array | None) -> str:
    if wanted is None:
        return ", compared with nothing"
    return (
        f", wanted: {vector(wanted)}"
        if isinstance(target, numpy.ndarray)
        else (f", wanted: class {target}, that is {vector(wanted)}")
    )


def _spelled(y: Array, wanted: Array | None, end: OutputNumbers, letter: str) -> str:
    result = page.result(figure(end.loss))
    if end.loss_name == "mean_squared_error" and wanted is not None and len(y) <= MOST_SQUARES:
        squares = " + ".join(
            f"({figure(answer)} − {figure(right)})²" for answer, right in zip(y.tolist(), wanted.tolist(), strict=True)
        )
        return page.formula(f"{letter} = ({squares}) / {len(y)} = {result}")
    if end.loss_name == "mean_squared_error":
        return page.formula(f"{letter} = Σ (y − t)² / {len(y)} = {result}")
    if end.loss_name == "cross_entropy":
        confidence = figure(float(numpy.exp(-end.loss)))
        return page.formula(f"{letter} = −ln(confidence in class {end.target}) = −ln {confidence} = {result}")
    if end.loss_name == "output_itself":
        return page.formula(f"{letter} = Σ y / {len(y)} = {result}")
    return page.formula(f"{letter} = {result}")


def _of_time_steps(end: OutputNumbers, target: Array, letter: str) -> str:
    """A class at each time step: what is said and wanted there, and where the way back begins most."""
    count, result = int((target != IGNORED).sum()), page.result(figure(end.loss))
    if end.loss_name == "cross_entropy":
        spelled = f"{letter} = −Σ<sub>t</sub> ln(confidence in the class wanted at time step t) / {count}"
        text = page.formula(f"{spelled} = {result}")
    else:
        text = page.formula(f"{letter} = {result} over {count} time steps with a target")
    sizes = numpy.linalg.norm(end.gradient.reshape(len(target), -1), axis=1)
    steps = numpy.sort(numpy.argsort(-sizes, kind="stable")[:MOST_TIME_STEPS])
    said = said_classes(end.answer)
    rows = [
        [str(step + 1), "–" if target[step] == IGNORED else str(target[step]), str(said[step]), figure(sizes[step])]
        for step in steps.tolist()
    ]
    if len(rows) < len(target):
        text += page.words(f"The {len(rows)} time steps of {len(target)} at which it begins most:")
    return text + page.table(["time step", "wanted", "answer", f"‖∂{letter}/∂y‖"], rows)
