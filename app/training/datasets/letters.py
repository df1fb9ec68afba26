"""Sequence to sequence: short strings of letters, to be reversed or sorted."""

from __future__ import annotations

from collections.abc import Callable

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Array, Arrays, DatasetKind, InputPart, Target, Values
from graph_model.parameters import Choice

START = 0
"""The token before the first one."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def _layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    length = values["length"]
    names = ("start", *ALPHABET[: values["letters"]])
    inputs: tuple[InputPart, ...] = (InputPart("source", (length,)),)
    if values["inputs"] == "source and previous":
        inputs = (*inputs, InputPart("previous", (length,)))
    return inputs, (Target("answer", (length,), names),)


def _kind(name: str, title: str, wanted: str, answer: Callable[[Array], Array]) -> DatasetKind:
    def make(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
        source = generator.integers(1, values["letters"] + 1, (values["samples"], values["length"]))
        targets = answer(source).astype(numpy.int64)
        previous = numpy.concatenate([numpy.full((len(source), 1), START), targets[:, :-1]], axis=1)
        inputs = (source, previous) if values["inputs"] == "source and previous" else (source,)
        return tuple(array.astype(numpy.float32) for array in inputs), (targets,)

    return DatasetKind(
        name,
        title,
        f"Strings of 6 letters; the network is to say them {wanted}, a letter each time step, so its output is "
        "(batch, 6, "
        "9): 8 letters, and the start token 0. The first Input is fed with the letters' numbers, the second with the "
        "answer so far: the start token, then the right letters up to the one before (teacher forcing). An Embedding "
        "turns numbers into vectors.",
        "Generated from the seed.",
        _layout,
        make,
        {
            **options.samples(3000, "strings"),
            **options.whole("length", 6, 2, 100, "Letters in a string."),
            **options.whole("letters", 8, 2, len(ALPHABET), "Different letters."),
            "inputs": Choice(
                name="inputs",
                default="source and previous",
                choices=("source and previous", "source"),
                meaning="source and previous: two Inputs, the string and the answer so far. source: the string alone.",
            ),
        },
    )


LETTERS = (
    _kind("reversal", "Reversal", "backwards", lambda source: source[:, ::-1]),
    _kind("sorting", "Sorting", "in alphabetical order", lambda source: numpy.sort(source, axis=1)),
)
