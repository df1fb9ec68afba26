"""Which examples a drawing can be shown: those of its training data, and numbers that somebody types."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy

from app.panels.backpropagation.wanted import Target
from app.training.datasets import Dataset, load, split
from graph_model import DataError, Document, Graph

Array = numpy.ndarray[Any, Any]
MOST_TYPED = 10
"""Up to so many numbers can be typed."""


@dataclass(frozen=True)
class Example:
    """One sample: an array for each input of the network, and what its answer is compared with."""

    inputs: tuple[Array, ...]
    target: Target


def sample_shapes(graph: Graph) -> list[tuple[int, ...]]:
    """Return the shape of one sample for each input of the network, in the order in which it takes them.

    All scalar inputs are one input together, at the place of the first of them.
    """
    shapes: list[tuple[int, ...]] = []
    scalars: int | None = None
    for node in graph.nodes():
        kind = graph.kind_of(node)
        if not kind.brings_data:
            continue
        if not kind.gives_scalar:
            shapes.append(tuple(node.parameters["shape"]))
        elif scalars is None:
            scalars = len(shapes)
            shapes.append((1,))
        else:
            shapes[scalars] = (shapes[scalars][0] + 1,)
    return shapes


def number_of_inputs(graph: Graph) -> int:
    """How many numbers one sample has."""
    return sum(math.prod(shape) for shape in sample_shapes(graph))


def typed_example(graph: Graph, values: list[float], target: Target) -> Example:
    """Return typed numbers as a sample; raises DataError if they are not as many as the drawing takes."""
    shapes = sample_shapes(graph)
    wanted = number_of_inputs(graph)
    if len(values) != wanted:
        raise DataError(f"The drawing takes {wanted} numbers; these are {len(values)}. Separate them by commas.")
    arrays, start = [], 0
    for shape in shapes:
        size = math.prod(shape)
        arrays.append(numpy.array(values[start : start + size], dtype=numpy.float64).reshape(shape))
        start += size
    return Example(tuple(arrays), target)


class TrainingExamples:
    """The training part of a document's dataset, as training itself splits it, in the shape of the drawing's input.

    Raises DataError if the drawing and the dataset do not fit, with a sentence that says what to do.
    """

    def __init__(self, document: Document) -> None:
        settings = document.training
        shapes = sample_shapes(document.graph)
        dataset = load(settings.dataset, settings.dataset_options, settings.seed)
        title, parts = dataset.kind.title, dataset.kind.inputs
        targets = dataset.kind.targets
        if len(targets) != 1:
            raise DataError(
                f"The way back begins at one Output, and '{title}' has {len(targets)} targets. Choose another dataset "
                "beside the drawing to see it; training it works all the same."
            )
        if len(shapes) != len(parts):
            needed = "exactly one Input" if len(parts) == 1 else f"{len(parts)} Inputs"
            raise DataError(f"Training on '{title}' needs {needed}; the drawing has {len(shapes)}.")
        for shape, part in zip(shapes, parts, strict=True):
            takes, has = math.prod(shape), math.prod(part.shape)
            if takes != has:
                of_it = "A sample" if len(parts) == 1 else f"'{part.name}' of a sample"
                raise DataError(
                    f"{of_it} of '{title}' has {has} numbers, but the drawing takes {takes}. Change the "
                    "Input, or choose another dataset beside the drawing."
                )
        self.shapes = shapes
        self.dataset: Dataset = split(dataset, settings.validation_fraction, settings.seed).training

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Example:
        given = zip(self.dataset.all_inputs, self.shapes, strict=True)
        return Example(tuple(array[index].reshape(shape) for array, shape in given), self._target(index))

    @property
    def has_numbers(self) -> bool:
        """Whether the targets are numbers, and no classes."""
        return not self.dataset.kind.classes

    def batch(self, first: int, count: int) -> tuple[tuple[Array, ...], list[Target]]:
        """Return the inputs (examples, *shape) and targets of `count` examples from the first on, going round."""
        rows = numpy.arange(first, first + min(count, len(self))) % len(self)
        given = zip(self.dataset.all_inputs, self.shapes, strict=True)
        inputs = tuple(array[rows].reshape(-1, *shape) for array, shape in given)
        return inputs, [self._target(row) for row in rows]

    def class_name(self, target: int) -> str:
        """What a class is called."""
        names = self.dataset.kind.class_names
        return names[target] if target < len(names) else str(target)

    def _target(self, index: int) -> Target:
        """The number of a class, one for each time step, or numbers."""
        target = self.dataset.targets[index]
        if self.has_numbers:
            return numpy.asarray(target, dtype=numpy.float64)
        return int(target) if numpy.ndim(target) == 0 else numpy.asarray(target, dtype=numpy.int64)

    def image(self, index: int) -> Array | None:
        """The sample as a grey image (height, width) from 0 to 1, if the dataset has images."""
        sample = self.dataset.inputs[index]
        return sample[0] if sample.ndim == 3 and sample.shape[0] == 1 else None
