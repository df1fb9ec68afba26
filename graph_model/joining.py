"""Which shapes go together where several wires are joined value by value, and what mends those that do not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from graph_model.kind import Insertion, Objection

Sizes = Sequence[Any]
"""A shape with the batch first: ("batch", 5, 7)."""


def go_together(shapes: Sequence[Sizes]) -> bool:
    """Whether shapes have as many axes as each other and at each one size, or 1, which is then repeated."""
    if len({len(shape) for shape in shapes}) > 1:
        return False
    return all(len({size for size in sizes if size != 1}) <= 1 for sizes in zip(*shapes, strict=True))


def joining_objection(shapes: Sequence[Sizes | None]) -> Objection | None:
    """What is wrong with shapes that are joined value by value, with a size of 1 repeated.

    PyTorch lines up the last axes of shapes with different numbers of axes; the batch would then meet another axis, so
    that equally many are needed here.
    """
    known = [shape for shape in shapes if shape is not None]
    if go_together(known):
        return None
    words = "joined value by value, they need equally many axes, and at each axis the same size or 1"
    return Objection(words, insertion=insertion_for(known, repeats=True))


def insertion_for(shapes: Sequence[Sizes], *, repeats: bool) -> Insertion | None:
    """Return a node that, put into one of the wires, makes the shapes go together; None if no single one does.

    `repeats`: whether a size of 1 is repeated; otherwise all shapes must be equal.
    """
    for index in sorted(range(len(shapes)), key=lambda index: _size(shapes[index])):
        others = [shape for number, shape in enumerate(shapes) if number != index]
        for model in others:
            for insertion, shape in _changed(index, shapes[index], model):
                together = [*others, shape]
                if go_together(together) if repeats else len({tuple(one) for one in together}) == 1:
                    return insertion
    return None


def _size(shape: Sizes) -> int:
    return math.prod(int(size) for size in shape[1:])


def _changed(index: int, shape: Sizes, model: Sizes) -> Iterator[tuple[Insertion, Sizes]]:
    """Nodes that may bring a shape nearer to another, with what they give."""
    rank, batch = len(shape), shape[:1]
    if rank + 1 == len(model):
        for axis in range(1, rank + 1):
            yield Insertion(index, "Unsqueeze", {"dim": axis}), (*shape[:axis], 1, *shape[axis:])
    if rank == len(model) and rank in (2, 3):
        yield Insertion(index, "Linear", {"out_features": int(model[-1])}), (*shape[:-1], model[-1])
    if rank == len(model) == 4:
        parameters = {"out_channels": int(model[1]), "kernel_size": 1}
        yield Insertion(index, "Conv2d", parameters), (*batch, model[1], *shape[2:])
    if rank > 2 and len(model) == 2:
        yield Insertion(index, "Flatten"), (*batch, _size(shape))
