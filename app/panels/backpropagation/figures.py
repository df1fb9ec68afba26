"""Figures in formulas: as short as a person would write them, with brackets where a sign needs them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy

from app.training.number_text import scientific

Array = numpy.ndarray[Any, Any]
DIGITS = 3
"""Significant digits in a formula; on the canvas one less, for numbers below 1."""
MOST_ENTRIES = 4


def figure(value: float, digits: int = DIGITS) -> str:
    """Write a number without needless zeros: 2, −0.5, 0.982, 7.8·10⁻³."""
    if value == 0:
        return "0"
    text = scientific(float(value), digits)
    mantissa, dot, power = text.partition("·")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}{dot}{power}"


def short_figure(value: float) -> str:
    """Write a number for the canvas: two significant digits below 1, else three."""
    return figure(value, 2 if math.isfinite(value) and abs(value) < 1 else 3)


def factor(value: float) -> str:
    """Write a number as a factor of a product: (−1)."""
    text = figure(value)
    return f"({text})" if text.startswith("−") or "·" in text else text


def sum_of(summands: Iterable[str]) -> str:
    """Join summands; one that is a negative number is taken off."""
    joined = ""
    for summand in summands:
        if not joined:
            joined = summand
        elif summand.startswith("−"):
            joined += f" − {summand[1:]}"
        else:
            joined += f" + {summand}"
    return joined or "0"


def vector(values: Array, digits: int | None = None) -> str:
    """Write the first numbers of an array: (0.62, 0.83), (1, 0, 0, 0, … 60 more)."""
    flat = numpy.ravel(values)
    shown = [short_figure(value) if digits is None else figure(value, digits) for value in flat[:MOST_ENTRIES].tolist()]
    rest = flat.size - len(shown)
    more = f", … {rest} more" if rest > 0 else ""
    return f"({', '.join(shown)}{more})" if flat.size != 1 else shown[0]


def size_text(shape: tuple[int, ...]) -> str:
    """Write the shape of one sample's numbers: 16×8×8."""
    return "×".join(str(axis) for axis in shape) or "1"


def root_mean_square(values: Array) -> float:
    """The root of the mean of the squares; 0 for none."""
    flat = numpy.asarray(values, dtype=float).ravel()
    return float(numpy.sqrt(numpy.mean(flat**2))) if flat.size else 0.0
