"""A recursive network: one learned function joins parts to larger parts, along a tree.

The class stands alone, on torch only: exported source carries its text.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional


class RecursiveTree(nn.Module):
    """Joins the time steps of a sequence pairwise, level by level: (batch, time, n) -> (batch, n).

    Two neighbours l, r become f(l, r) = σ(W[l, r] + b); with `tensor` what σ takes also has [l, r]ᵀV[l, r], with one
    matrix of V for each of the n numbers. Where a level has an odd number of parts the last goes up as it is.
    Source: Socher et al., Parsing Natural Scenes and Natural Language with Recursive Neural Networks (2011); Recursive
    Deep Models for Semantic Compositionality Over a Sentiment Treebank (2013), section 4.3.
    """

    def __init__(self, size: int, nonlinearity: str = "tanh", tensor: bool = False) -> None:
        super().__init__()
        self.nonlinearity = nonlinearity
        bound = 1.0 / math.sqrt(2 * size)
        self.weight = nn.Parameter(torch.empty(size, 2 * size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(size).uniform_(-bound, bound))
        started = torch.empty(size, 2 * size, 2 * size).uniform_(-bound / 2 / size, bound / 2 / size)
        self.tensor = nn.Parameter(started) if tensor else None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return what the root of the tree gives."""
        level = input
        while level.shape[1] > 1:
            count = level.shape[1] // 2
            joined = self._join(level[:, : 2 * count].reshape(len(level), count, -1))
            level = torch.cat((joined, level[:, 2 * count :]), dim=1)
        return level[:, 0]

    def _join(self, pairs: torch.Tensor) -> torch.Tensor:
        """f of each pair, (batch, pairs, 2 · n) -> (batch, pairs, n)."""
        z = functional.linear(pairs, self.weight, self.bias)
        if self.tensor is not None:
            z = z + torch.einsum("bpi,kij,bpj->bpk", pairs, self.tensor, pairs)
        return {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[self.nonlinearity](z)
