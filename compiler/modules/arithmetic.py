"""Arithmetic with numbers that may be learned.

The class stands alone, on torch only: exported source carries its text.
"""

from __future__ import annotations

import torch
from torch import nn


class Scale(nn.Module):
    """Every value times one factor, and one shift added: a = s x + t. Takes and gives (batch, …).

    `learned`: factor and shift are parameters, weight (1,) and bias (1,), that begin with these values.
    """

    def __init__(self, factor: float = 1.0, shift: float = 0.0, learned: bool = False) -> None:
        super().__init__()
        self.weight: nn.Parameter | float = nn.Parameter(torch.tensor([factor])) if learned else factor
        self.bias: nn.Parameter | float = nn.Parameter(torch.tensor([shift])) if learned else shift

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return (batch, …)."""
        return input * self.weight + self.bias
