"""Comparisons of two inputs as torch.nn has them, with the axis kept."""

from __future__ import annotations

import torch
from torch import nn


class CosineSimilarity(nn.CosineSimilarity):
    """torch.nn.CosineSimilarity with a choice to keep the axis, as torch.nn.PairwiseDistance has it."""

    def __init__(self, dim: int = 1, eps: float = 1e-8, keepdim: bool = False) -> None:
        super().__init__(dim, eps)
        self.keepdim = keepdim

    def forward(self, x1: torch.Tensor, x2: torch.Tensor) -> torch.Tensor:
        """Return the cosines: the inputs' shape with the axis of size 1, or without it."""
        cosine = super().forward(x1, x2)
        return cosine.unsqueeze(self.dim) if self.keepdim else cosine
