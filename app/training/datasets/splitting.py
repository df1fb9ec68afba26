"""A dataset in two parts: one to train on, one to see how well the network does on what it never saw."""

from __future__ import annotations

import numpy

from app.training.datasets.dataset import Array, Dataset, Split


def split(dataset: Dataset, validation_fraction: float, seed: int = 0) -> Split:
    """Hold back a share for validation; the rest is for training. At least one example stays.

    A share of each class where a sample has one, any examples where it has none, and the end of what has an order.
    """
    generator = numpy.random.default_rng(seed)
    everything = numpy.arange(len(dataset))
    first = dataset.kind.targets[0]
    if dataset.kind.ordered:
        validation = everything[len(everything) - _held_back(len(everything), validation_fraction) :]
    elif first.classes and not first.shape:
        validation = _share_of_each_class(dataset.targets, validation_fraction, generator)
    else:
        mixed = generator.permutation(everything)
        validation = numpy.sort(mixed[: _held_back(len(everything), validation_fraction)])
    return Split(dataset.part(numpy.setdiff1d(everything, validation)), dataset.part(validation))


def _share_of_each_class(classes: Array, fraction: float, generator: numpy.random.Generator) -> Array:
    held_back: list[Array] = []
    for label in numpy.unique(classes):
        members = generator.permutation(numpy.flatnonzero(classes == label))
        held_back.append(members[: _held_back(len(members), fraction)])
    return numpy.sort(numpy.concatenate(held_back)) if held_back else numpy.empty(0, dtype=numpy.int64)


def _held_back(examples: int, fraction: float) -> int:
    return max(0, min(examples - 1, round(fraction * examples)))
