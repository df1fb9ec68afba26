"""Unpooling to a size that is given.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


def unpooled_size(output_size: int | Sequence[int], axes: int) -> list[int]:
    """A size along each of some axes."""
    return [output_size] * axes if isinstance(output_size, int) else list(output_size)


class SizedMaxUnpool1d(nn.MaxUnpool1d):
    """torch.nn.MaxUnpool1d that gives (batch, channels, output_size)."""

    def __init__(self, kernel_size: int, stride: int | None, padding: int, output_size: int) -> None:
        super().__init__(kernel_size, stride, padding)
        self.output_size = unpooled_size(output_size, 1)

    def forward(self, input: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Return the values at their places and 0 elsewhere."""
        return super().forward(input, indices, self.output_size)


class SizedMaxUnpool2d(nn.MaxUnpool2d):
    """torch.nn.MaxUnpool2d that gives (batch, channels, *output_size)."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None,
        padding: int | tuple[int, int],
        output_size: int | tuple[int, int],
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.output_size = unpooled_size(output_size, 2)

    def forward(self, input: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Return the values at their places and 0 elsewhere."""
        return super().forward(input, indices, self.output_size)


class SizedMaxUnpool3d(nn.MaxUnpool3d):
    """torch.nn.MaxUnpool3d that gives (batch, channels, *output_size)."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int, int],
        stride: int | tuple[int, int, int] | None,
        padding: int | tuple[int, int, int],
        output_size: int | tuple[int, int, int],
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.output_size = unpooled_size(output_size, 3)

    def forward(self, input: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Return the values at their places and 0 elsewhere."""
        return super().forward(input, indices, self.output_size)
