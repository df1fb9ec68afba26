"""Gates that decide how much of what came passes unchanged.

The classes stand alone, on torch only: exported source carries their text.
Source: Srivastava, Greff, Schmidhuber, Highway Networks (2015).
"""

from __future__ import annotations

import torch
from torch import nn


class GatedResidual(nn.Module):
    """Mixes what came with what was made of it, as a learned gate says: T ⊙ h + (1 − T) ⊙ x, T = σ(W x + b)."""

    def __init__(self, features: int, gate_bias: float = -2.0) -> None:
        super().__init__()
        self.gate = nn.Linear(features, features)
        nn.init.constant_(self.gate.bias, gate_bias)

    def forward(self, given: torch.Tensor, transformed: torch.Tensor) -> torch.Tensor:
        """Take and return (…, features)."""
        gate = torch.sigmoid(self.gate(given))
        return gate * transformed + (1 - gate) * given


class Highway(GatedResidual):
    """A gated residual whose h is a fully connected layer on x."""

    def __init__(self, features: int, transform_activation: str = "ReLU", gate_bias: float = -2.0) -> None:
        super().__init__(features, gate_bias)
        self.transform = nn.Linear(features, features)
        self.transform_activation = getattr(nn, transform_activation)()

    def forward(self, given: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Take and return (…, features)."""
        return super().forward(given, self.transform_activation(self.transform(given)))
