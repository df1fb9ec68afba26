"""What a network's outputs are compared with, in the form that a loss takes."""

from __future__ import annotations

import torch

from app.training.datasets.dataset import IGNORED


def rows_and_classes(outputs: torch.Tensor, classes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return outputs (rows, n) and class numbers (rows,): a row for each sample, or for each of its time steps."""
    if classes.dim() == 1:
        return outputs, classes
    return outputs.reshape(-1, outputs.shape[-1]), classes.reshape(-1)


def known_rows(outputs: torch.Tensor, classes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the rows that have a target."""
    outputs, targets = rows_and_classes(outputs, classes)
    if classes.dim() == 1:
        return outputs, targets
    known = targets != IGNORED
    return outputs[known], targets[known]


def outputs_and_values(outputs: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return outputs and a wanted number for each of them.

    Classes become 1 for the right one and 0 for the others; with one output for two classes, the class number itself.
    Values are reshaped to the outputs' shape.
    """
    if targets.is_floating_point():
        return outputs, targets.to(outputs.dtype).reshape(outputs.shape)
    rows, classes = known_rows(outputs, targets)
    if rows.shape[1] == 1:
        return rows, classes[:, None].to(rows.dtype)
    return rows, torch.nn.functional.one_hot(classes, rows.shape[1]).to(rows.dtype)
