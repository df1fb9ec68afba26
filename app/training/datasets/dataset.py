"""A set of labelled examples, and its split into training and validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy

from graph_model.parameters import Parameter

Array = numpy.ndarray[Any, Any]


@dataclass(frozen=True)
class DatasetKind:
    """What there is to know about a dataset before it is loaded. `sample_shape`: without the batch."""

    name: str
    title: str
    meaning: str
    sample_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    options: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)


@dataclass(frozen=True)
class Dataset:
    """Examples: `inputs` float32 (examples, *sample_shape), `targets` int64 (examples,) with class numbers."""

    kind: DatasetKind
    inputs: Array
    targets: Array

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self.inputs.shape[1:])

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.kind.classes

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Split:
    """A dataset in two parts."""

    training: Dataset
    validation: Dataset
