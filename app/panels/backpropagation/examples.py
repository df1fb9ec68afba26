"""Which examples a drawing can be shown: those of its training data, and numbers that somebody types."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy

from app.panels.backpropagation.wanted import Target, Targets
from app.training.datasets import Dataset, load, split
from app.training.sample_lengths import fitting_shape
from graph_model import DataError, Document, Graph

Array = numpy.ndarray[Any, Any]
MOST_TYPED = 10
"""Up to so many numbers can be typed."""


@dataclass(frozen=True)
class Example:
    """One sample: an array for each input of the network, and what its answers are compared with."""

    inputs: tuple[Array, ...]
    target: Targets


@dataclass(frozen=True)
class DrawnInput:
    """One input of the network. `shape`: of a sample, as drawn; `dynamic_axes`: the Input's parameter."""

    shape: tuple[int, ...]
    dynamic_axes: str = ""


def drawn_inputs(graph: Graph) -> list[DrawnInput]:
    """Return the inputs of the network, in the order in which it takes them.

    All scalar inputs are one input together, at the place of the first of them.
    """
    found: list[DrawnInput] = []
    scalars: int | None = None
    for node in graph.nodes():
        kind = graph.kind_of(node)
        if not kind.brings_data:
            continue
        if not kind.gives_scalar:
            found.append(DrawnInput(tuple(node.parameters["shape"]), node.parameters["dynamic_axes"]))
        elif scalars is None:
            scalars = len(found)
            found.append(DrawnInput((1,)))
        else:
            found[scalars] = DrawnInput((found[scalars].shape[0] + 1,))
    return found


def number_of_inputs(graph: Graph) -> int:
    """How many numbers one sample has."""
    return sum(math.prod(drawn.shape) for drawn in drawn_inputs(graph))


def typed_example(graph: Graph, values: list[float], target: Targets) -> Example:
    """Return typed numbers as a sample; raises DataError if they are not as many as the drawing takes."""
    wanted = number_of_inputs(graph)
    if len(values) != wanted:
        raise DataError(f"The drawing takes {wanted} numbers; these are {len(values)}. Separate them by commas.")
    arrays, start = [], 0
    for drawn in drawn_inputs(graph):
        size = math.prod(drawn.shape)
        arrays.append(numpy.array(values[start : start + size], dtype=numpy.float64).reshape(drawn.shape))
        start += size
    return Example(tuple(arrays), target)


class TrainingExamples:
    """The training part of a document's dataset, as training itself splits it, in the shape of the drawing's input, or
    where axes are dynamic, as long as it is.

    Raises DataError if the drawing and the dataset do not fit, with a sentence that says what to do.
    """

    def __init__(self, document: Document) -> None:
        settings = document.training
        inputs = drawn_inputs(document.graph)
        dataset = load(settings.dataset, settings.dataset_options, settings.seed)
        title, parts = dataset.kind.title, dataset.kind.inputs
        if len(inputs) != len(parts):
            needed = "exactly one Input" if len(parts) == 1 else f"{len(parts)} Inputs"
            raise DataError(f"Training on '{title}' needs {needed}; the drawing has {len(inputs)}.")
        self.shapes: list[tuple[int, ...]] = []
        for drawn, part in zip(inputs, parts, strict=True):
            self.shapes.append(fitting_shape(drawn.shape, drawn.dynamic_axes, part.shape) or drawn.shape)
            takes, has = math.prod(self.shapes[-1]), math.prod(part.shape)
            if takes != has:
                of_it = "A sample" if len(parts) == 1 else f"'{part.name}' of a sample"
                raise DataError(
                    f"{of_it} of '{title}' has {has} numbers, but the drawing takes {takes}. Change the "
                    "Input, or choose another dataset beside the drawing."
                )
        self.dataset: Dataset = split(dataset, settings.validation_fraction, settings.seed).training

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Example:
        given = zip(self.dataset.all_inputs, self.shapes, strict=True)
        return Example(tuple(array[index].reshape(shape) for array, shape in given), self._targets(index))

    @property
    def has_numbers(self) -> tuple[bool, ...]:
        """Of each target, whether it is numbers, and no classes."""
        return tuple(not target.classes for target in self.dataset.kind.targets)

    def batch(self, first: int, count: int) -> tuple[tuple[Array, ...], list[Targets]]:
        """Return the inputs (examples, *shape) and targets of `count` examples from the first on, going round."""
        rows = numpy.arange(first, first + min(count, len(self))) % len(self)
        given = zip(self.dataset.all_inputs, self.shapes, strict=True)
        inputs = tuple(array[rows].reshape(-1, *shape) for array, shape in given)
        return inputs, [self._targets(row) for row in rows]

    def class_name(self, target: int, number: int) -> str:
        """What a class of one of the targets is called."""
        names = self.dataset.kind.targets[target].class_names
        return names[number] if 0 <= number < len(names) else str(number)

    def _targets(self, index: int) -> Targets:
        """What all Outputs are compared with, or with several targets one for each."""
        found = tuple(
            _target(array[index], has_numbers)
            for array, has_numbers in zip(self.dataset.all_targets, self.has_numbers, strict=True)
        )
        return found[0] if len(found) == 1 else found

    def image(self, index: int) -> Array | None:
        """The sample as a grey image (height, width) from 0 to 1, if the dataset has images."""
        sample = self.dataset.inputs[index]
        return sample[0] if sample.ndim == 3 and sample.shape[0] == 1 else None


def _target(target: Any, has_numbers: bool) -> Target:
    """The number of a class, one for each time step, or numbers."""
    if has_numbers:
        return numpy.asarray(target, dtype=numpy.float64)
    return int(target) if numpy.ndim(target) == 0 else numpy.asarray(target, dtype=numpy.int64)
