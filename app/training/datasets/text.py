"""Text: which character comes next."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Array, Arrays, DatasetKind, InputPart, Target, Values
from graph_model import DataError

TEXT_FILE = Path(__file__).parents[3] / "resources" / "facts.txt"
CHARACTERS = "\n abcdefghijklmnopqrstuvwxyz.,-'"
NAMES = ("new line", "space", *CHARACTERS[2:])


def _layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    length = values["length"]
    return (InputPart("characters", (length,)),), (Target("next", (length,), NAMES),)


def _make(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Windows of the text, each a few characters further on; the end of the text is for validation."""
    length, numbers = values["length"], character_numbers()
    starts = numpy.arange(0, len(numbers) - length, values["stride"])
    windows = numbers[starts[:, None] + numpy.arange(length + 1)]
    return (windows[:, :-1].astype(numpy.float32),), (windows[:, 1:].copy(),)


@lru_cache(maxsize=1)
def character_numbers() -> Array:
    """The whole text: the place of each character in CHARACTERS, int64 (characters,). Raises DataError."""
    try:
        text = TEXT_FILE.read_text(encoding="ascii")
        return numpy.array([CHARACTERS.index(character) for character in text])
    except (OSError, ValueError) as error:
        raise DataError(f"The text cannot be read from {TEXT_FILE}: {error}. Install GradCanvas anew.") from error


TEXT = DatasetKind(
    "text",
    "Text",
    "A small English text of plain facts, without capitals and figures, in windows of 32 characters; at each place the "
    "class is the character that comes next, one of 32. The Input is fed with the characters' numbers, which an "
    "Embedding turns into vectors; the output is (batch, 32, 32). The end of the text is held back for validation.",
    "Written for GradCanvas; part of it, under its licence (resources/facts.txt).",
    _layout,
    _make,
    {
        **options.whole("length", 32, 2, 256, "Characters in a window."),
        **options.whole("stride", 4, 1, 256, "Characters from one window's start to the next one's."),
    },
    ordered=True,
)
