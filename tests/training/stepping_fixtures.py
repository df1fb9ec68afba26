"""Trainers for a test, which are closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.training.trainer import Trainer
from graph_model import Document


class Trainers:
    """Makes trainers, each with a recording of its own, and closes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Trainer] = []

    def __call__(self, document: Document) -> Trainer:
        self.made.append(Trainer(document, self.folder / f"run-{len(self.made)}", device="cpu"))
        return self.made[-1]

    def close(self) -> None:
        for trainer in self.made:
            trainer.close()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Trainers]:
    trainers = Trainers(tmp_path)
    yield trainers
    trainers.close()
