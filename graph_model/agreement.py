"""Rules that several kinds share: sizes that must agree between inputs or with a parameter, and what mends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.objection import CAME, Insertion, Objection, Shapes, Sizes


def axis_objection(shapes: Shapes, dim: int, instead: int | None = None) -> Objection | None:
    """What is wrong if the parameter dim names an axis that the first input lacks, or the batch.

    `instead`: the axis that is proposed; by default the last one, or the first after the batch.
    """
    rank = len(shapes[0] or ())
    if not -rank <= dim < rank:
        axis = rank - 1 if instead is None else instead
        return Objection(f"receives {CAME}, which has no axis {dim}", {"dim": axis})
    if dim % rank == 0:
        return batch_objection({"dim": instead or 1})
    return None


def batch_objection(change: Mapping[str, Any]) -> Objection:
    """What is wrong if the batch would be taken for one of a sample's axes."""
    return Objection(
        f"mixes the examples of a batch with each other. It receives {CAME}: axis 0 is the batch and must stay by "
        f"itself, so use axis 1 or later",
        change,
    )


def new_axis_objection(shapes: Shapes, dim: int) -> Objection | None:
    """What is wrong if a new axis cannot stand at the place dim."""
    rank = len(shapes[0] or ())
    if 1 <= dim <= rank or -rank <= dim < 0:
        return None
    words = f"a new axis can stand at the places 1 to {rank}, not at {dim}"
    return Objection(words, {"dim": min(max(dim, 1), rank)})


def divisor_objection(size: int, name: str, value: int, of_what: str) -> Objection | None:
    """What is wrong if a parameter does not divide a size. `of_what`: "the 6 numbers of the last axis"."""
    if size % value == 0:
        return None
    divisor = max(number for number in range(1, min(value, size) + 1) if size % number == 0)
    return Objection(f"{name} = {value} must divide {of_what}", change={name: divisor})


def order_objection(
    parameters: Mapping[str, Any], low: str, high: str, words: str, *, may_equal: bool
) -> Objection | None:
    """What is wrong if one parameter is above another. `words`: what is needed of them."""
    lowest, highest = parameters[low], parameters[high]
    if lowest < highest or (may_equal and lowest == highest):
        return None
    change = {low: highest, high: lowest} if lowest > highest else {high: lowest + 1.0}
    label = f"Swap {low} and {high}" if lowest > highest else ""
    return Objection(f"receives {CAME}, but needs {words}", change, label=label)


def width_objection(shapes: Shapes, first: int, second: int, words: str) -> Objection | None:
    """What is wrong if the last axes of two inputs differ. `words`: what needs equally many numbers."""
    model, shape = shapes[first], shapes[second]
    if model is None or shape is None or model[-1] == shape[-1]:
        return None
    return Objection(f"{words} need equally many numbers", insertion=resizing(second, int(model[-1])))


def size_objection(shapes: Shapes, at: int, size: int, words: str = "") -> Objection | None:
    """What is wrong if the last axis of an input has another size. `words`: what is needed there."""
    shape = shapes[at]
    if shape is None or int(shape[-1]) == size:
        return None
    mend = resizing(at, size)
    return Objection(words, insertion=mend) if words else Objection(_needs(f"(batch, {size})"), insertion=mend, at=at)


def steps_objection(shapes: Shapes, first: int, second: int, words: str) -> Objection | None:
    """What is wrong if the axes 1 of two inputs differ. `words`: what needs equally many steps."""
    one, other = shapes[first], shapes[second]
    if one is None or other is None or one[1] == other[1]:
        return None
    return Objection(f"{words} need equally many steps", insertion=cropping(first, one, second, other, 1))


def resizing(at: int, size: int) -> Insertion:
    """A layer that gives another number of features."""
    return Insertion(at, "Linear", {"out_features": size})


def enlarging(shape: Sizes, axis: int, size: int) -> Insertion | None:
    """A node that gives the first input a larger size along an axis; None where none is at hand."""
    axis %= len(shape)
    if axis == len(shape) - 1 and len(shape) in (2, 3):
        return resizing(0, size)
    if int(shape[axis]) > 1:
        return None
    return Insertion(0, "Expand", {"sizes": [size if at == axis else -1 for at in range(1, len(shape))]})


def cropping(first: int, one: Sizes, second: int, other: Sizes, axis: int) -> Insertion:
    """A Slice that leaves of the larger of two inputs as much along an axis as the other has."""
    longer = first if int(one[axis]) > int(other[axis]) else second
    return Insertion(longer, "Slice", {"dim": axis, "stop": min(int(one[axis]), int(other[axis]))})


def _needs(what: str) -> str:
    return f"receives {CAME}, but needs {what}"
