"""Accuracy: the share of right classes, of each sample or of each time step that has one; nothing without classes."""

from __future__ import annotations

import pytest
import torch

from app.training.losses.objective import Objective
from app.training.losses.targets import IGNORED
from compiler.program import lower
from tests.drawings import chain


def objective(loss: str) -> Objective:
    graph = chain(("Input", "x", {"shape": [2]}), ("Linear", "h", {"out_features": 3}), ("Output", "y", {}))
    return Objective(lower(graph), loss, 1)


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "hits"),
    [
        ("cross_entropy", [[0.0, 2.0, 1.0], [3.0, 0.0, 0.0]], [1, 2], (1, 2)),
        ("hinge_embedding_loss", [[0.5, 2.0, 1.0], [3.0, 1.0, 0.0]], [0, 2], (2, 2)),
        ("binary_cross_entropy", [[0.6], [0.4], [0.7]], [1, 0, 0], (2, 3)),
        ("binary_cross_entropy_with_logits", [[0.4], [-0.4], [0.1]], [1, 0, 0], (2, 3)),
        ("cross_entropy", [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]], [[0, 1], [IGNORED, 1]], (2, 3)),
    ],
)
def test_answers_that_are_right_are_counted(loss, outputs, targets, hits):
    assert objective(loss).hits(torch.tensor(outputs), torch.tensor(targets)) == hits


def test_numbers_have_no_accuracy():
    assert objective("mean_squared_error").hits(torch.zeros(4, 3), torch.zeros(4, 3)) is None
