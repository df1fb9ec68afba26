"""What takes a memory: repeating a string after a pause, and finding what belonged to a key."""

from __future__ import annotations

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import IGNORED, Array, Arrays, DatasetKind, InputPart, Target, Values


def _names(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(count))


def _one_hot(numbers: Array, classes: int) -> Array:
    return numpy.eye(classes, dtype=numpy.float32)[numbers]


def _copy_layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    steps, symbols = 2 * values["length"] + values["pause"], values["symbols"]
    return (InputPart("symbols", (steps, symbols + 1)),), (Target("copy", (steps,), _names(symbols)),)


def _copy(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Symbols, a pause whose last step bears the sign to begin, and empty steps in which the symbols are wanted."""
    count, length, symbols = values["samples"], values["length"], values["symbols"]
    string = generator.integers(0, symbols, (count, length))
    start = length + values["pause"]
    inputs = numpy.zeros((count, start + length, symbols + 1), dtype=numpy.float32)
    inputs[:, :length, :symbols] = _one_hot(string, symbols)
    inputs[:, start - 1, symbols] = 1.0
    targets = numpy.full((count, start + length), IGNORED, dtype=numpy.int64)
    targets[:, start:] = string
    return (inputs,), (targets,)


def _recall_layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    symbols = values["symbols"]
    return (InputPart("pairs", (values["pairs"] + 1, 2 * symbols)),), (Target("value", (), _names(symbols)),)


def _recall(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Each time step a key beside its value, then one of the keys alone; no key comes twice."""
    count, symbols = values["samples"], values["symbols"]
    pairs = min(values["pairs"], symbols)
    keys = generator.random((count, symbols)).argsort(axis=1)[:, :pairs]
    found = generator.integers(0, symbols, (count, pairs))
    asked = generator.integers(0, pairs, count)
    rows = numpy.arange(count)
    inputs = numpy.zeros((count, values["pairs"] + 1, 2 * symbols), dtype=numpy.float32)
    inputs[:, :pairs, :symbols] = _one_hot(keys, symbols)
    inputs[:, :pairs, symbols:] = _one_hot(found, symbols)
    inputs[:, -1, :symbols] = _one_hot(keys[rows, asked], symbols)
    return (inputs,), (found[rows, asked],)


MEMORY = (
    DatasetKind(
        "copy",
        "Copy",
        "Strings of 5 symbols, one a time step as one of 9 numbers (one-hot); after a pause, whose last step has the "
        "ninth number 1, the network is to repeat them. 12 time steps; only the last 5 have a class, of 8. Its output "
        "is (batch, 12, 8).",
        "Generated from the seed; after A. Graves, G. Wayne, I. Danihelka, Neural Turing Machines (2014).",
        _copy_layout,
        _copy,
        {
            **options.samples(2000, "strings"),
            **options.whole("length", 5, 1, 100, "Symbols in a string."),
            **options.whole("pause", 2, 1, 1000, "Time steps between the string and its repetition."),
            **options.whole("symbols", 8, 2, 64, "Different symbols."),
        },
    ),
    DatasetKind(
        "associative_recall",
        "Associative recall",
        "3 pairs of a key and a value, one pair a time step (two one-hot vectors of 6, side by side), then one of the "
        "keys alone: the class is the value that stood beside it. A sample is (4, 12).",
        "Generated from the seed; after A. Graves, G. Wayne, I. Danihelka, Neural Turing Machines (2014).",
        _recall_layout,
        _recall,
        {
            **options.samples(3000, "lists"),
            **options.whole("pairs", 3, 1, 64, "Pairs in a list, at most as many as there are symbols."),
            **options.whole("symbols", 6, 2, 64, "Different keys, and different values."),
        },
    ),
)
