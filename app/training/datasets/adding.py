"""The adding problem: two marked numbers of a long sequence are to be added."""

from __future__ import annotations

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Arrays, DatasetKind, InputPart, Target, Values


def _layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    return (InputPart("numbers and marks", (values["steps"], 2)),), (Target("sum", (1,), (), 0.0, 2.0),)


def _make(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """One mark in either half, so that the first must be remembered."""
    count, steps = values["samples"], values["steps"]
    numbers = generator.random((count, steps))
    marks = numpy.zeros((count, steps))
    rows = numpy.arange(count)
    marks[rows, generator.integers(0, steps // 2, count)] = 1.0
    marks[rows, generator.integers(steps // 2, steps, count)] = 1.0
    inputs = numpy.stack([numbers, marks], axis=2).astype(numpy.float32)
    return (inputs,), ((inputs[:, :, 0] * inputs[:, :, 1]).sum(axis=1, keepdims=True),)


ADDING = DatasetKind(
    "adding",
    "Adding problem",
    "Sequences of 30 numbers from 0 to 1, each beside a mark that is 1 at two of them, one in either half, and 0 "
    "elsewhere; "
    "the target is the sum of the two marked numbers. Always saying 1 has a mean squared error of 1/6 (0.167); an LSTM "
    "comes far below, a naive RNN hardly, for long sequences.",
    "Generated from the seed; after S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 "
    "(1997).",
    _layout,
    _make,
    {
        **options.samples(2000, "sequences"),
        **options.whole("steps", 30, 2, 1000, "Numbers in a sequence."),
    },
)
