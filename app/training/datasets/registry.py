"""Which datasets there are, and how they are loaded and split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy

from app.training.datasets import plane
from app.training.datasets.dataset import Dataset, DatasetKind, Split
from graph_model import DataError, EditError
from graph_model.parameters import Integer, Parameter, Real, complete_values

Array = numpy.ndarray[Any, Any]
Maker = Callable[[int, float, numpy.random.Generator], tuple[Array, Array]]

DIGITS_FILE = Path(__file__).parents[3] / "resources" / "digits.npz"
DARKEST_PIXEL = 16.0
WORKED_EXAMPLE = ((1.0, -1.0), (0.0, 0.0))
"""Hung-yi Lee, Deep Learning, lecture 1."""

PLANE_OPTIONS: dict[str, Parameter] = {
    "samples": Integer(
        name="samples", default=500, minimum=10, maximum=1_000_000, meaning="Number of points.", unit="points"
    ),
    "noise": Real(
        name="noise", default=0.05, minimum=0.0, maximum=10.0, meaning="Standard deviation of the points' scatter."
    ),
}


def _plane_kind(name: str, title: str, meaning: str) -> DatasetKind:
    return DatasetKind(name, title, meaning, (2,), ("0", "1"), PLANE_OPTIONS)


_KINDS = {
    kind.name: kind
    for kind in (
        DatasetKind(
            "digits",
            "Handwritten digits",
            "1,797 handwritten digits of 8×8 pixels; the class is the digit. As an image (1, 8, 8) or 64 numbers.",
            (1, 8, 8),
            tuple("0123456789"),
        ),
        DatasetKind(
            "worked_example",
            "Worked example",
            "The two points of the lectures' worked example, (1, −1) and (0, 0), a class each.",
            (2,),
            ("0", "1"),
        ),
        _plane_kind("moons", "Two moons", "Points on two half circles that reach into each other."),
        _plane_kind("circles", "Circles", "Points on a ring, and on a smaller ring inside it."),
        _plane_kind("spirals", "Spirals", "Points on two arms that wind around each other."),
        _plane_kind("xor", "XOR", "Points in a square; class 1 where exactly one coordinate is positive."),
    )
}
_MAKERS: dict[str, Maker] = {
    "moons": plane.moons,
    "circles": plane.circles,
    "spirals": plane.spirals,
    "xor": plane.xor,
}


def datasets() -> dict[str, DatasetKind]:
    """Return name -> what is known about the dataset, without loading any."""
    return dict(_KINDS)


def dataset_kind(name: str) -> DatasetKind:
    """Return one dataset's description; raises DataError for an unknown name."""
    if name not in _KINDS:
        raise DataError(f"There is no dataset '{name}'. There are {', '.join(_KINDS)}.")
    return _KINDS[name]


def load(name: str, options: Mapping[str, Any] | None = None, seed: int = 0) -> Dataset:
    """Load or generate a dataset; equal arguments give equal data. Raises DataError."""
    kind = dataset_kind(name)
    try:
        values = complete_values(dict(kind.options), dict(options or {}), f"The dataset '{name}'")
    except EditError as error:
        raise DataError(str(error)) from error
    if name == "digits":
        return _digits(kind)
    if name == "worked_example":
        return Dataset(kind, numpy.array(WORKED_EXAMPLE, dtype=numpy.float32), numpy.arange(len(WORKED_EXAMPLE)))
    inputs, targets = _MAKERS[name](values["samples"], values["noise"], numpy.random.default_rng(seed))
    return Dataset(kind, inputs, targets)


def split(dataset: Dataset, validation_fraction: float, seed: int = 0) -> Split:
    """Hold back a share of each class for validation; the rest is for training. At least one example stays."""
    generator = numpy.random.default_rng(seed)
    held_back: list[Array] = []
    for label in numpy.unique(dataset.targets):
        members = generator.permutation(numpy.flatnonzero(dataset.targets == label))
        held_back.append(members[: min(len(members) - 1, round(validation_fraction * len(members)))])
    validation = numpy.sort(numpy.concatenate(held_back)) if held_back else numpy.empty(0, dtype=numpy.int64)
    training = numpy.setdiff1d(numpy.arange(len(dataset)), validation)
    return Split(_part(dataset, training), _part(dataset, validation))


def _part(dataset: Dataset, indices: Array) -> Dataset:
    return Dataset(dataset.kind, dataset.inputs[indices], dataset.targets[indices])


def _digits(kind: DatasetKind) -> Dataset:
    try:
        with numpy.load(DIGITS_FILE, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"The digits cannot be read from {DIGITS_FILE}: {error}. Install GradCanvas anew.") from error
    inputs = (images.astype(numpy.float32) / DARKEST_PIXEL)[:, None]
    return Dataset(kind, inputs, labels.astype(numpy.int64))
