"""Which shapes go together where several wires are joined, and what mends those that do not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from graph_model.agreement import cropping
from graph_model.objection import CAME, Insertion, Objection, Shapes, Sizes

MOST_STRIDE = 8
"""Up to it a convolution's stride is tried, to bring one map to the size of another."""
MOST_NUMBERS = 4096
"""Of so large a shape the last resort, a fully connected layer, is still proposed."""
POOLINGS = {3: "AdaptiveAvgPool1d", 4: "AdaptiveAvgPool2d", 5: "AdaptiveAvgPool3d"}
Agreement = Callable[[Sequence[Sizes]], bool]


def go_together(shapes: Sequence[Sizes]) -> bool:
    """Whether shapes have as many axes as each other and at each one size, or 1, which is then repeated."""
    if len({len(shape) for shape in shapes}) > 1:
        return False
    return all(len({size for size in sizes if size != 1}) <= 1 for sizes in zip(*shapes, strict=True))


def are_equal(shapes: Sequence[Sizes]) -> bool:
    """Whether all shapes are the same."""
    return len({tuple(shape) for shape in shapes}) <= 1


def agree_beside(axis: int) -> Agreement:
    """Whether shapes differ at one axis at most."""

    def agree(shapes: Sequence[Sizes]) -> bool:
        return are_equal([[size for at, size in enumerate(shape) if at != axis % len(shape)] for shape in shapes])

    return agree


def joining_objection(shapes: Shapes) -> Objection | None:
    """What is wrong with shapes that are joined value by value, with a size of 1 repeated.

    PyTorch lines up the last axes of shapes with different numbers of axes; the batch would then meet another axis, so
    that equally many are needed here.
    """
    words = "joined value by value, they need equally many axes, and at each axis the same size or 1"
    return disagreement(shapes, words, go_together)


def same_shape_objection(shapes: Shapes) -> Objection | None:
    """What is wrong if inputs differ in their shapes."""
    return disagreement(shapes, f"needs the same shape from all its wires, but receives {CAME}", are_equal)


def disagreement(shapes: Shapes, words: str, agree: Agreement) -> Objection | None:
    """What is wrong with shapes that do not agree, with a node that mends it."""
    known = [(at, shape) for at, shape in enumerate(shapes) if shape is not None]
    if agree([shape for _, shape in known]):
        return None
    return Objection(words, insertion=_insertion_for(known, agree))


def _insertion_for(known: Sequence[tuple[int, Sizes]], agree: Agreement) -> Insertion | None:
    """A node that, put into one of the wires, makes the shapes agree; of two the smaller input gets it."""
    for ways in (_gently_changed, _changed_by_force):
        for at, shape in sorted(known, key=lambda entry: _size(entry[1])):
            others = [entry for entry in known if entry[0] != at]
            for model_at, model in others:
                for insertion, changed in ways(at, shape, model_at, model):
                    if agree([*(other for _, other in others), changed]):
                        return insertion
    return None


def _size(shape: Sizes) -> int:
    return math.prod(int(size) for size in shape[1:])


def _gently_changed(at: int, shape: Sizes, model_at: int, model: Sizes) -> Iterator[tuple[Insertion, Sizes]]:
    """Nodes that may bring a shape nearer to another and keep what its axes mean, with what they give."""
    rank, batch = len(shape), shape[:1]
    if rank + 1 == len(model):
        for axis in range(1, rank + 1):
            yield Insertion(at, "Unsqueeze", {"dim": axis}), (*shape[:axis], 1, *shape[axis:])
    if rank == len(model) and rank in (2, 3):
        yield Insertion(at, "Linear", {"out_features": int(model[-1])}), (*shape[:-1], model[-1])
    if rank == len(model) == 4:
        yield from _convolved(at, shape, model)
    if rank > 2 and len(model) == 2:
        yield Insertion(at, "Flatten"), (*batch, _size(shape))
    if rank == len(model) > 2:
        for axis in range(1, rank):
            if int(shape[axis]) > int(model[axis]):
                crop = cropping(at, shape, model_at, model, axis)
                yield crop, (*shape[:axis], model[axis], *shape[axis + 1 :])


def _convolved(at: int, shape: Sizes, model: Sizes) -> Iterator[tuple[Insertion, Sizes]]:
    """Convolutions of single pixels, as they stand in the short cuts of residual networks, and means over fields."""
    for stride in range(1, MOST_STRIDE + 1):
        parameters = {"out_channels": int(model[1]), "kernel_size": 1} | ({"stride": stride} if stride > 1 else {})
        sides = [(int(side) - 1) // stride + 1 for side in shape[2:]]
        yield Insertion(at, "Conv2d", parameters), (*shape[:1], model[1], *sides)
    sides = [int(side) for side in model[2:]]
    yield Insertion(at, POOLINGS[len(shape)], {"output_size": sides}), (*shape[:2], *sides)


def _changed_by_force(at: int, shape: Sizes, model_at: int, model: Sizes) -> Iterator[tuple[Insertion, Sizes]]:
    insertion = forcing(at, shape, model)
    if insertion is not None:
        yield insertion, model


def forcing(at: int, shape: Sizes, model: Sizes) -> Insertion | None:
    """A fully connected layer between shapes that have nothing in common; None where it would be too large."""
    if max(_size(shape), _size(model)) > MOST_NUMBERS:
        return None
    sizes = [int(size) for size in model[1:]]
    folded = Insertion(at, "Reshape", {"shape": sizes}) if len(sizes) > 1 else None
    layer = Insertion(at, "Linear", {"out_features": _size(model)}, folded)
    return Insertion(at, "Flatten", then=layer) if len(shape) > 2 else layer
