"""A document's data, split, in the shape of its Input, on the device where it trains."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from app.training.datasets import Dataset, load, split
from compiler.program import lower
from graph_model import DataError, Document


@dataclass(frozen=True)
class DeviceData:
    """Inputs (examples, *shape of the Input) and class numbers (examples,), for training and validation."""

    training_inputs: torch.Tensor
    training_targets: torch.Tensor
    validation_inputs: torch.Tensor
    validation_targets: torch.Tensor


def load_for(document: Document, device: torch.device) -> DeviceData:
    """Load a document's dataset; raises DataError if it does not fit the Input."""
    settings = document.training
    dataset = load(settings.dataset, settings.dataset_options, settings.seed)
    parts = split(dataset, settings.validation_fraction, settings.seed)
    shape = input_shape(document)
    return DeviceData(
        _inputs(parts.training, shape, device),
        torch.as_tensor(parts.training.targets).to(device),
        _inputs(parts.validation, shape, device),
        torch.as_tensor(parts.validation.targets).to(device),
    )


def input_shape(document: Document) -> tuple[int, ...]:
    """Return the shape of the drawing's only input; raises DataError if there is not exactly one.

    Scalar inputs count as one together.
    """
    inputs = lower(document.graph).inputs
    if len(inputs) != 1:
        raise DataError(
            f"Training on a dataset needs exactly one Input, or scalar inputs only; the drawing has {len(inputs)}."
        )
    return inputs[0].shape


def _inputs(dataset: Dataset, shape: tuple[int, ...], device: torch.device) -> torch.Tensor:
    try:
        return torch.as_tensor(dataset.inputs).reshape(-1, *shape).to(device)
    except RuntimeError:
        raise DataError(
            f"A sample of '{dataset.kind.title}' has shape {dataset.sample_shape}, which does not fit the Input's "
            f"{shape}."
        ) from None
