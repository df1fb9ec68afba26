"""Which shape an Input has for the samples of a dataset, where some of its axes may have any length.

No torch: the window asks as well.
"""

from __future__ import annotations

import math

from graph_model.parameters import axis_names

Shape = tuple[int, ...]


def fitting_shape(drawn: Shape, dynamic_axes: str, sample: Shape) -> Shape | None:
    """Return an Input's shape at the lengths that samples have; None if they differ in more than that.

    `drawn`, `dynamic_axes`: the Input's parameters; `sample`: the shape of a sample. Where that has another form, it
    has as many numbers at one length only: (20,) fills an Input [10, 1] whose first axis is dynamic with [20, 1].
    """
    dynamic = [number for number, name in enumerate(axis_names(dynamic_axes)) if name]
    if len(sample) == len(drawn) and all(
        number in dynamic or one == other for number, (one, other) in enumerate(zip(drawn, sample, strict=True))
    ):
        return sample
    if len(dynamic) != 1:
        return None
    (axis,) = dynamic
    length, rest = divmod(math.prod(sample), math.prod(drawn) // drawn[axis])
    return None if rest else (*drawn[:axis], length, *drawn[axis + 1 :])
