"""Which datasets there are, and how they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from app.training.datasets.adding import ADDING
from app.training.datasets.dataset import Dataset, DatasetKind
from app.training.datasets.digits import DIGITS, DISTORTED_DIGITS
from app.training.datasets.frames import FRAMES
from app.training.datasets.letters import LETTERS
from app.training.datasets.logic import LOGIC
from app.training.datasets.memory import MEMORY
from app.training.datasets.plane import PLANE
from app.training.datasets.signals import SIGNALS
from app.training.datasets.text import TEXT
from graph_model import DataError, EditError
from graph_model.parameters import complete_values

_KINDS = {
    kind.name: kind
    for kind in (
        DIGITS,
        *PLANE,
        DISTORTED_DIGITS,
        SIGNALS,
        FRAMES,
        ADDING,
        *LETTERS,
        *MEMORY,
        *LOGIC,
        TEXT,
    )
}


def datasets() -> dict[str, DatasetKind]:
    """Return name -> what is known about the dataset with its default options, without loading any."""
    return dict(_KINDS)


def dataset_kind(name: str, options: Mapping[str, Any] | None = None) -> DatasetKind:
    """Return one dataset's description, its shapes as these options make them.

    Raises DataError for an unknown name or option, or a value that is refused.
    """
    return _described(name, options)[0]


def load(name: str, options: Mapping[str, Any] | None = None, seed: int = 0) -> Dataset:
    """Load or generate a dataset; equal arguments give equal data. Raises DataError."""
    kind, values = _described(name, options)
    return Dataset(kind, *kind.make(values, numpy.random.default_rng(seed)))


def _described(name: str, options: Mapping[str, Any] | None) -> tuple[DatasetKind, dict[str, Any]]:
    if name not in _KINDS:
        raise DataError(f"There is no dataset '{name}'. There are {', '.join(_KINDS)}.")
    kind = _KINDS[name]
    try:
        values = complete_values(dict(kind.options), dict(options or {}), f"The dataset '{name}'")
    except EditError as error:
        raise DataError(str(error)) from error
    return kind.with_options(values), values
