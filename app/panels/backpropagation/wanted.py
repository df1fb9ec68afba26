"""What an answer is compared with: a class, one for each time step, numbers, or nothing; and how that is typed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy

from app.training.losses import LossKind
from graph_model import DataError

Array = numpy.ndarray[Any, Any]
Target = int | Array | None
Targets = Target | tuple[Target, ...]
"""One, with which all answers are compared, or one for each."""
Form = Literal["class", "classes", "numbers", "nothing"]


@dataclass(frozen=True)
class Wanted:
    """`count`: how many classes or numbers one example has. `classes`: how many there are to choose from, if known."""

    form: Form = "class"
    count: int = 1
    classes: int | None = None

    @property
    def standard(self) -> str:
        """What stands there before anything is typed."""
        return ", ".join(["0"] * self.count)


def wanted_by(loss: LossKind | None, shape: tuple[int, ...] | None, has_numbers: bool) -> Wanted:
    """Return what a loss compares an answer of this shape with, as far as both are known.

    `has_numbers`: the dataset has numbers for targets, which decides where a loss takes both.
    """
    if loss is None or shape is None or not shape:
        return Wanted()
    if not loss.targets:
        return Wanted("nothing", 0)
    takes_classes = "classes" in loss.targets and not (has_numbers and "values" in loss.targets)
    classes = 2 if shape[-1] == 1 and loss.one_output_for_two_classes else shape[-1]
    if takes_classes and len(shape) == 1:
        return Wanted("class", 1, classes)
    if takes_classes and len(shape) == 2:
        return Wanted("classes", shape[0], classes)
    return Wanted("numbers", math.prod(shape) // loss.outputs_per_value)


def typed_target(text: str, wanted: Wanted) -> Target:
    """Return what was typed; raises DataError with what to type instead."""
    what = "classes, one for each time step" if wanted.form == "classes" else "numbers"
    try:
        values = [float(part) for part in text.replace("−", "-").replace(";", ",").strip("()[] ").split(",")]
    except ValueError:
        raise DataError(f"The target must be {what}, separated by commas, such as {wanted.standard}.") from None
    if len(values) != wanted.count:
        raise DataError(f"The answer is compared with {wanted.count} {what}; these are {len(values)}.")
    if wanted.form == "numbers":
        return numpy.array(values)
    if any(value != int(value) for value in values):
        raise DataError("A class is a whole number, counted from 0.")
    return numpy.array(values, dtype=numpy.int64)
