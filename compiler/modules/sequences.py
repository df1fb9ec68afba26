"""What is done with the time steps of a sequence, (batch, time, features).

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class PyramidalReduction(nn.Module):
    """Lays `factor` neighbouring time steps side by side: (batch, time, n) -> (batch, time / factor, factor · n).

    Raises ValueError where the factor does not divide the time steps. Source: Chan et al., Listen, Attend and Spell
    (2016), section 3.1.
    """

    def __init__(self, factor: int = 2) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return the shorter sequence."""
        batch, time, size = input.shape
        if time % self.factor:
            raise ValueError("the factor must divide the number of time steps")
        return input.reshape(batch, time // self.factor, self.factor * size)


class TargetDelay(nn.Module):
    """Moves a sequence by `steps` time steps later, or earlier if it is negative; zeros fill the gap."""

    def __init__(self, steps: int = 1) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return a sequence of the same shape; raises ValueError where nothing of it would be left."""
        if abs(self.steps) >= input.shape[1]:
            raise ValueError("nothing of the sequence is left")
        return functional.pad(input, (0, 0, self.steps, -self.steps))
