"""The loss in words: how it came about, and with which ∂l/∂y the way back begins."""

from __future__ import annotations

from html import escape

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.answer_words import said_classes
from app.panels.backpropagation.figures import figure, vector
from app.panels.backpropagation.wanted import Array, Target
from app.training.datasets.dataset import IGNORED
from app.training.losses import LossKind

LOSS_NAMES = {"cross_entropy": "cross-entropy", "mean_squared_error": "mean squared error"}
MOST_SQUARES = 4
MOST_TIME_STEPS = 16


def loss_words(output: Array, target: Target, loss: float, kind: LossKind, weight: float, gradient: Array) -> str:
    """Return the loss of one example as rich text.

    `weight`: by which the Output multiplies it. `gradient`: ∂l/∂y. A loss whose formula is not spelled out with
    numbers is told by its name and meaning.
    """
    plain = kind.name if weight == 1.0 else ""
    title = LOSS_NAMES.get(kind.name, kind.name) if plain else f"{weight:g} × {kind.title}"
    text = page.heading("The loss", escape(title))
    if isinstance(target, numpy.ndarray) and target.dtype.kind != "f":
        text += _of_time_steps(output, target, loss, plain, gradient)
    else:
        y = numpy.ravel(output)
        wanted = _wanted(target, y, plain)
        text += page.formula(f"answer y = {vector(y)}{_wanted_words(target, wanted)}")
        text += _spelled(y, wanted, target, loss, plain)
    if plain not in LOSS_NAMES:
        text += page.words(escape(kind.meaning))
    return text + page.formula(f"The way back begins with ∂l/∂y = {page.result(vector(gradient, 3))}")


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


def _spelled(y: Array, wanted: Array | None, target: Target, loss: float, loss_name: str) -> str:
    if loss_name == "mean_squared_error" and wanted is not None and len(y) <= MOST_SQUARES:
        squares = " + ".join(
            f"({figure(answer)} − {figure(right)})²" for answer, right in zip(y.tolist(), wanted.tolist(), strict=True)
        )
        return page.formula(f"l = ({squares}) / {len(y)} = {page.result(figure(loss))}")
    if loss_name == "mean_squared_error":
        return page.formula(f"l = Σ (y − t)² / {len(y)} = {page.result(figure(loss))}")
    if loss_name == "cross_entropy":
        confidence = figure(float(numpy.exp(-loss)))
        return page.formula(f"l = −ln(confidence in class {target}) = −ln {confidence} = {page.result(figure(loss))}")
    return page.formula(f"l = {page.result(figure(loss))}")


def _of_time_steps(output: Array, target: Array, loss: float, loss_name: str, gradient: Array) -> str:
    """A class at each time step: what is said and wanted there, and where the way back begins most."""
    count = int((target != IGNORED).sum())
    if loss_name == "cross_entropy":
        spelled = f"l = −Σ<sub>t</sub> ln(confidence in the class wanted at time step t) / {count}"
        text = page.formula(f"{spelled} = {page.result(figure(loss))}")
    else:
        text = page.formula(f"l = {page.result(figure(loss))} over {count} time steps with a target")
    sizes = numpy.linalg.norm(gradient.reshape(len(target), -1), axis=1)
    steps = numpy.sort(numpy.argsort(-sizes, kind="stable")[:MOST_TIME_STEPS])
    said = said_classes(output)
    rows = [
        [str(step + 1), "–" if target[step] == IGNORED else str(target[step]), str(said[step]), figure(sizes[step])]
        for step in steps.tolist()
    ]
    if len(rows) < len(target):
        text += page.words(f"The {len(rows)} time steps of {len(target)} at which it begins most:")
    return text + page.table(["time step", "wanted", "answer", "‖∂l/∂y‖"], rows)
