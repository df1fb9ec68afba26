"""A document's data, split, in the shapes of its Inputs, on the device where it trains."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from app.training.datasets import Dataset, load, split
from app.training.training_program import training_program
from graph_model import DataError, Document

Tensors = tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class Examples:
    """`inputs`: (examples, *shape) for each Input; `targets`: class numbers or values for each target."""

    inputs: Tensors
    targets: Tensors

    def __len__(self) -> int:
        return len(self.inputs[0])

    def take(self, rows: torch.Tensor | slice) -> Examples:
        """Return some of them. `rows`: int64 (rows,), or a slice."""
        if isinstance(rows, slice):
            return Examples(tuple([part[rows] for part in self.inputs]), tuple([part[rows] for part in self.targets]))
        inputs = tuple([part.index_select(0, rows) for part in self.inputs])
        return Examples(inputs, tuple([part.index_select(0, rows) for part in self.targets]))


@dataclass(frozen=True)
class DeviceData:
    """What a network is trained on, and what it is tried on."""

    training: Examples
    validation: Examples

    @property
    def training_inputs(self) -> torch.Tensor:
        """What the first Input is trained on."""
        return self.training.inputs[0]

    @property
    def training_targets(self) -> torch.Tensor:
        """The first target of what is trained on."""
        return self.training.targets[0]


def load_for(document: Document, device: torch.device) -> DeviceData:
    """Load a document's dataset; raises DataError if it does not fit the Inputs."""
    settings = document.training
    dataset = load(settings.dataset, settings.dataset_options, settings.seed)
    parts = split(dataset, settings.validation_fraction, settings.seed)
    shapes = input_shapes(document)
    return DeviceData(_examples(parts.training, shapes, device), _examples(parts.validation, shapes, device))


def input_shapes(document: Document) -> list[tuple[int, ...]]:
    """Return the shape of one sample of each input as it is trained, in the order in which the network takes them.

    Scalar inputs count as one together.
    """
    return [given.shape for given in training_program(document).inputs]


def _examples(dataset: Dataset, shapes: list[tuple[int, ...]], device: torch.device) -> Examples:
    if len(shapes) != len(dataset.all_inputs):
        raise DataError(
            f"'{dataset.kind.title}' feeds {len(dataset.all_inputs)} inputs; the drawing has {len(shapes)}."
        )
    inputs = []
    for part, array, shape in zip(dataset.kind.inputs, dataset.all_inputs, shapes, strict=True):
        try:
            inputs.append(torch.as_tensor(array).reshape(len(array), *shape).to(device))
        except RuntimeError:
            raise DataError(
                f"A sample of '{dataset.kind.title}' has shape {part.shape}, which does not fit the Input's {shape}."
            ) from None
    return Examples(tuple(inputs), tuple(torch.as_tensor(array).to(device) for array in dataset.all_targets))
