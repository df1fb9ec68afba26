"""The spatial transformer layer.

The class stands alone, on torch only: exported source carries its text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional


class SpatialTransformer(nn.Module):
    """Resamples a map by an affine transformation that is computed elsewhere.

    Takes a map (batch, channels, height, width) and theta, six numbers for each sample; gives (batch, channels,
    *output_size), by default of the map's size. Source: Jaderberg et al., Spatial Transformer Networks (2015).
    """

    identity: torch.Tensor

    def __init__(
        self,
        mode: str = "bilinear",
        padding_mode: str = "zeros",
        align_corners: bool = False,
        output_size: int | Sequence[int] | None = None,
        add_identity: bool = False,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.padding_mode = padding_mode
        self.align_corners = align_corners
        self.output_size = [output_size] * 2 if isinstance(output_size, int) else output_size
        self.add_identity = add_identity
        self.register_buffer("identity", torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), persistent=False)

    def forward(self, input: torch.Tensor, theta: torch.Tensor) -> torch.Tensor:
        """Return the resampled map."""
        matrices = theta.reshape(-1, 2, 3)
        if self.add_identity:
            matrices = matrices + self.identity
        height, width = self.output_size or input.shape[2:]
        shape = [input.shape[0], input.shape[1], int(height), int(width)]
        grid = functional.affine_grid(matrices, shape, align_corners=self.align_corners)
        return functional.grid_sample(
            input, grid, mode=self.mode, padding_mode=self.padding_mode, align_corners=self.align_corners
        )
