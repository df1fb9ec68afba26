"""Sizes that must agree between the inputs of a kind, or with a parameter, and what mends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph_model.kind import Insertion, Objection

Shapes = Sequence[Sequence[Any] | None]
"""The shape at each port, the batch first; None for an optional port without a wire."""


def divisor_objection(shapes: Shapes, name: str, value: int) -> Objection | None:
    """What is wrong if a parameter does not divide the last axis of the first input."""
    size = int((shapes[0] or ())[-1])
    if size % value == 0:
        return None
    divisor = max(number for number in range(1, min(value, size) + 1) if size % number == 0)
    return Objection(f"{name} = {value} must divide the {size} numbers of the last axis", change={name: divisor})


def width_objection(shapes: Shapes, first: int, second: int, words: str) -> Objection | None:
    """What is wrong if the last axes at two ports differ. `words`: what needs equally many numbers."""
    model = shapes[first]
    wrong = None if model is None else size_objection(shapes, second, int(model[-1]), "")
    return None if wrong is None else Objection(f"{words} need equally many numbers", insertion=wrong.insertion)


def size_objection(shapes: Shapes, port: int, size: int, words: str) -> Objection | None:
    """What is wrong if the last axis at a port has another size. `words`: what is needed there."""
    shape = shapes[port]
    if shape is None or int(shape[-1]) == size:
        return None
    place = sum(other is not None for other in shapes[:port])
    return Objection(words, insertion=Insertion(place, "Linear", {"out_features": size}))


def steps_objection(shapes: Shapes, first: int, second: int, words: str) -> Objection | None:
    """What is wrong if the axes 1 at two ports differ. `words`: what needs equally many steps."""
    one, other = shapes[first], shapes[second]
    if one is None or other is None or one[1] == other[1]:
        return None
    return Objection(f"{words} need equally many steps")
