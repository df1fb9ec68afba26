"""Examples of what is done with the time steps of a sequence."""

from __future__ import annotations

import torch
from torch import nn

from tests.kind_examples.example import Example


def pyramid(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return torch.stack([torch.cat([x[:, 3 * t + k] for k in range(3)], dim=1) for t in range(2)], dim=1)


def two_later(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[:, t - 2] if t >= 2 else torch.zeros_like(x[:, 0]) for t in range(5)], dim=1)


def two_earlier(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[:, t + 2] if t < 3 else torch.zeros_like(x[:, 0]) for t in range(5)], dim=1)


EXAMPLES = [
    Example("LastStep", {}, ([5, 3],), reference=lambda module, x: x[:, 4], comes_back=False),
    Example("MeanOverTime", {}, ([5, 3],), reference=lambda module, x: sum(x.unbind(1)) / 5, comes_back=False),
    Example("MaxOverTime", {}, ([5, 3],), reference=lambda module, x: x.max(dim=1).values, comes_back=False),
    Example(
        "Reverse",
        {},
        ([4, 3],),
        reference=lambda module, x: torch.stack([x[:, 3 - t] for t in range(4)], dim=1),
        comes_back=False,
    ),
    Example("PyramidalReduction", {}, ([6, 2],), comes_back=False),
    Example("PyramidalReduction", {"factor": 3}, ([6, 2],), reference=pyramid, comes_back=False),
    Example("TargetDelay", {}, ([5, 2],), comes_back=False),
    Example("TargetDelay", {"steps": 2}, ([5, 2],), reference=two_later, comes_back=False),
    Example("TargetDelay", {"steps": -2}, ([5, 2],), reference=two_earlier, comes_back=False),
]
