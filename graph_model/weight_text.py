"""A wire's weight as text: how it is typed and read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph_model.errors import EditError
from graph_model.powers_of_ten import computer_text, full_number
from graph_model.values import clean_weight

RANDOM = "random"
"""What is typed, or an empty line, for a random start."""

DIGITS = 7
"""A weight in float32 has so many."""


def write_weight(weight: float | Iterable[float] | None) -> str:
    """Write a weight for editing: 0.5, "0.5, −1" for one number for each element, nothing for a random start."""
    if weight is None:
        return ""
    if isinstance(weight, Iterable):
        return ", ".join(_number(entry) for entry in weight)
    return _number(weight)


def read_weight(text: str, count: int | None = 1) -> float | tuple[float, ...] | None:
    """Read a typed weight; an empty line or "random" is None, a random start.

    `count`: how many numbers the wire carries, None if that is not known. One number stands for all of them. Raises
    EditError with a sentence if the text is no such weight.
    """
    cleaned = computer_text(text.strip().strip("[]()"))
    if not cleaned or cleaned.casefold() == RANDOM:
        return None
    parts = [part for part in re.split(r"[\s,;]+", cleaned) if part]
    try:
        numbers = [float(part) for part in parts]
        if len(numbers) == 1:
            return clean_weight(numbers[0])
        if numbers and count != 1:
            weights = clean_weight(numbers)
            if count is None or len(numbers) == count:
                return weights
    except (ValueError, EditError):
        numbers = []
    if len(numbers) > 1 and count != 1:
        raise EditError(
            f"This wire carries {count} numbers, so it takes {count} weights, or one for all; these are {len(numbers)}."
        )
    wanted = "a number such as 0.5" if count == 1 else "a number, or one for each element such as 0.5, -1"
    raise EditError(f"A weight must be {wanted}, or empty for a random start, not {text.strip()[:40]!r}.")


def _number(value: float) -> str:
    return full_number(float(value), DIGITS)
