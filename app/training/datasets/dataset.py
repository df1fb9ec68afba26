"""A set of examples with what a network should say to each, and its split into training and validation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy

from graph_model.parameters import Parameter

Array = numpy.ndarray[Any, Any]
Values = Mapping[str, Any]
Arrays = tuple[Array, ...]
Maker = Callable[[Values, numpy.random.Generator], tuple[Arrays, Arrays]]
"""The options' values and a seeded generator -> the arrays of all inputs and of all targets."""

IGNORED = -100
"""The class number of a place that has no target: it counts neither in loss nor accuracy (PyTorch's ignore_index)."""


@dataclass(frozen=True)
class InputPart:
    """What one Input of a drawing is fed with. `shape`: of a sample, without the batch."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Target:
    """What one Output of a drawing is compared with.

    With `class_names`: a class for each place of `shape`, () for one a sample, (time,) for one a time step. Without:
    numbers of this shape, from `lowest` to `highest`.
    """

    name: str
    shape: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()
    lowest: float = -float("inf")
    highest: float = float("inf")

    @property
    def classes(self) -> int:
        """Number of classes; 0 if these are numbers."""
        return len(self.class_names)


Layout = Callable[[Values], tuple[tuple[InputPart, ...], tuple[Target, ...]]]


@dataclass(frozen=True)
class DatasetKind:
    """What there is to know about a dataset before it is loaded.

    `source`: where it is from, and its licence. `layout`: the options' values -> inputs and targets. `ordered`:
    neighbours overlap, so that it is split into a beginning and an end. `inputs` and `targets` are those of the present
    options, `dataset_kind`'s.
    """

    name: str
    title: str
    meaning: str
    source: str
    layout: Layout
    make: Maker
    options: Mapping[str, Parameter] = field(default_factory=dict)
    ordered: bool = False
    inputs: tuple[InputPart, ...] = ()
    targets: tuple[Target, ...] = ()

    def __post_init__(self) -> None:
        for name, option in self.options.items():
            if option.name != name:
                raise ValueError(f"{self.name}: the option '{name}' calls itself '{option.name}'")
        if not self.inputs:
            object.__setattr__(self, "inputs", self._laid_out()[0])
            object.__setattr__(self, "targets", self._laid_out()[1])

    def with_options(self, values: Values) -> DatasetKind:
        """Return the same dataset, with inputs and targets as these options make them."""
        inputs, targets = self.layout(values)
        return dataclasses.replace(self, inputs=inputs, targets=targets)

    def _laid_out(self) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
        return self.layout({name: option.default for name, option in self.options.items()})

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample of the first input."""
        return self.inputs[0].shape

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the first target's classes are called; () if it has none."""
        return self.targets[0].class_names

    @property
    def classes(self) -> int:
        """Number of the first target's classes."""
        return self.targets[0].classes


@dataclass(frozen=True)
class Dataset:
    """Examples.

    `all_inputs`: float32 (examples, *shape) for each input; whole numbers such as letters are float32 too.
    `all_targets`: for each target int64 class numbers or float32 values, (examples, *shape).
    """

    kind: DatasetKind
    all_inputs: Arrays
    all_targets: Arrays

    @property
    def inputs(self) -> Array:
        """The first input, for most datasets the only one."""
        return self.all_inputs[0]

    @property
    def targets(self) -> Array:
        """The first target, for most datasets the only one."""
        return self.all_targets[0]

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample of the first input."""
        return tuple(self.inputs.shape[1:])

    @property
    def classes(self) -> int:
        """Number of the first target's classes."""
        return self.kind.classes

    def part(self, rows: Array) -> Dataset:
        """Return some of the examples."""
        return Dataset(
            self.kind,
            tuple(array[rows] for array in self.all_inputs),
            tuple(array[rows] for array in self.all_targets),
        )

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Split:
    """A dataset in two parts."""

    training: Dataset
    validation: Dataset
