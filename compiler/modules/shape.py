"""Changes of shape and parts of a sample, whatever the size of the batch.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class Reshape(nn.Module):
    """A sample's numbers in another shape: takes (batch, …), gives (batch, *shape); one size may be -1."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return (batch, *shape)."""
        return input.reshape(input.shape[0], *self.shape)


class Slice(nn.Module):
    """A range along one axis: takes (batch, …), gives it with the entries start : stop : step of the axis dim."""

    def __init__(self, dim: int, start: int = 0, stop: int | None = None, step: int = 1) -> None:
        super().__init__()
        self.dim = dim
        self.kept = slice(start, stop, step)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return (batch, …)."""
        ranges = [slice(None)] * input.dim()
        ranges[self.dim] = self.kept
        return input[tuple(ranges)]


class Split(nn.Module):
    """An axis in pieces: `parts` equally large ones, or pieces of the given sizes.

    Takes (batch, …), gives a tuple of tensors (batch, …). Raises ValueError or RuntimeError if they do not fill it.
    """

    def __init__(self, parts: int = 2, sizes: Sequence[int] | None = None, dim: int = 1) -> None:
        super().__init__()
        self.parts = parts
        self.sizes = None if sizes is None else list(sizes)
        self.dim = dim

    def forward(self, input: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the pieces."""
        size = input.shape[self.dim]
        if self.sizes is None and size % self.parts:
            raise ValueError(f"{self.parts} equal parts do not fill {size}")
        return torch.split(input, self.sizes or size // self.parts, self.dim)


class Expand(nn.Module):
    """Axes of size 1 repeated: takes (batch, …), gives (batch, *sizes); -1 leaves an axis as it is."""

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        self.sizes = tuple(sizes)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return (batch, *sizes)."""
        return input.expand(input.shape[0], *self.sizes)
