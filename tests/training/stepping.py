"""A document with memory and chance, trainers for it, and what they have learned."""

from __future__ import annotations

import numpy
import pytest
import torch

from app.training.recording import Recording
from app.training.trainer import Trainer
from graph_model import Document, TrainingSettings
from tests.drawings import chain

OPTIMIZERS = {
    "SGD": {"momentum": 0.9, "weight_decay": 1e-3},
    "Adam": {},
    "RMSprop": {"momentum": 0.5},
    "Adagrad": {"lr_decay": 0.01},
}
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS)


def noisy_document(optimizer: str = "SGD", **changes) -> Document:
    """Batch normalisation, which remembers, and dropout, which is random: 6 minibatches an epoch."""
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "hidden", {"out_features": 6, "activation": "Tanh"}),
        ("BatchNorm1d", "norm", {}),
        ("Dropout", "drop", {"p": 0.3}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    values = {
        "dataset": "moons",
        "dataset_options": {"samples": 60},
        "batch_size": 8,
        "validation_fraction": 0.2,
        "learning_rate": 0.05,
        "optimizer": optimizer,
        "optimizer_options": OPTIMIZERS[optimizer],
        "epochs": 100,
    }
    return Document(graph, TrainingSettings(**{**values, **changes}))


def state_of(trainer: Trainer) -> dict[str, torch.Tensor]:
    """Copies of all that was learned: parameters, buffers and the optimizer's state, by name."""
    found = {name: tensor.clone() for name, tensor in trainer.module.state_dict().items()}
    for name, parameter in trainer.module.named_parameters():
        for quantity, value in trainer.optimizer.state.get(parameter, {}).items():
            if isinstance(value, torch.Tensor):
                found[f"{name}/{quantity}"] = value.clone()
    return found


def assert_same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    """Every tensor is equal, bit for bit."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


def rows_of(trainer: Trainer, count: int | None = None) -> numpy.ndarray:
    """The recorded rows, but for the times."""
    recording = Recording.open(trainer.writer.path)
    names = [name for name in recording.columns if name != "time"]
    return numpy.stack([recording.column(name, 0, count) for name in names])


def steps(trainer: Trainer, count: int) -> None:
    """Take so many steps."""
    for _ in range(count):
        trainer.step()
