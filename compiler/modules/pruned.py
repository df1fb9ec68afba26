"""Layers of which some connections are missing.

The class stands alone, on torch only: exported source carries its text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional


class PrunedLinear(nn.Linear):
    """A fully connected layer without some of its connections: y = x (W ∘ mask)ᵀ + b.

    `pruned`: pairs of a neuron and an input that are not connected. Their weights are 0, get the gradient 0 and so stay
    at 0, whatever the optimizer. Takes (batch, …, in_features), gives (batch, …, out_features). Raises ValueError for
    a pair that the layer does not have.
    """

    mask: torch.Tensor

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, pruned: Sequence[Sequence[int]] = ()
    ) -> None:
        super().__init__(in_features, out_features, bias)
        if any(neuron >= out_features or source >= in_features for neuron, source in pruned):
            raise ValueError("pruned connections out of range")
        mask = torch.ones(out_features, in_features)
        for neuron, source in pruned:
            mask[neuron, source] = 0.0
        self.register_buffer("mask", mask, persistent=False)
        with torch.no_grad():
            self.weight.mul_(self.mask)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return (batch, …, out_features)."""
        return functional.linear(input, self.weight * self.mask, self.bias)
