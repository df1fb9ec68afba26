"""Values that do not depend on the input, given for each sample of a batch.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class Constant(nn.Module):
    """Fixed numbers: one value for all places of `shape`, or one for each. Takes (batch, …), gives (batch, *shape).

    Raises RuntimeError if there are neither one nor as many values as places.
    """

    value: torch.Tensor

    def __init__(self, shape: Sequence[int], values: Sequence[float]) -> None:
        super().__init__()
        self.shape = tuple(shape)
        given = torch.tensor(list(values), dtype=torch.get_default_dtype())
        places = [1] * len(self.shape) if len(values) == 1 else self.shape
        self.register_buffer("value", given.reshape(places), persistent=False)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return (batch, *shape); of what comes, only the number of samples counts."""
        return self.value.expand(batch.shape[0], *self.shape)


class LearnedTensor(nn.Module):
    """Learned numbers, `weight` of shape `shape`: takes (batch, …), gives (batch, *shape).

    `init`: "zeros", "constant" (init_value), "normal" (its standard deviation) or "uniform" (between -init_value and
    init_value).
    """

    def __init__(self, shape: Sequence[int], init: str = "zeros", init_value: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(tuple(shape)))
        if init == "constant":
            nn.init.constant_(self.weight, init_value)
        elif init == "normal":
            nn.init.normal_(self.weight, std=init_value)
        elif init == "uniform":
            nn.init.uniform_(self.weight, -init_value, init_value)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return (batch, *shape), a copy for each sample: a mere view of the parameter would want gradients even where
        none are taken. Of what comes, only the number of samples counts."""
        return self.weight.repeat(batch.shape[0], *[1] * self.weight.dim())
