"""Fractional max pooling whose evaluation always gives the same answer.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class FractionalPooling2d(nn.FractionalMaxPool2d):
    """torch.nn.FractionalMaxPool2d while training; in evaluation every random number is 1/2.

    Takes (batch, channels, height, width).
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """Return the largest values, with their places if wanted."""
        samples = None if self.training else input.new_full((*input.shape[:2], 2), 0.5)
        return functional.fractional_max_pool2d(  # type: ignore[call-overload,no-any-return]
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, samples
        )


class FractionalPooling3d(nn.FractionalMaxPool3d):
    """torch.nn.FractionalMaxPool3d while training; in evaluation every random number is 1/2.

    Takes (batch, channels, depth, height, width).
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """Return the largest values, with their places if wanted."""
        samples = None if self.training else input.new_full((*input.shape[:2], 3), 0.5)
        return functional.fractional_max_pool3d(  # type: ignore[call-overload,no-any-return]
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, samples
        )
