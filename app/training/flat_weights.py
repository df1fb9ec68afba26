"""The weights of a small network end to end in one piece of memory, and their gradients in another.

A small network's step is made of calls, not of arithmetic: what is done to all weights at once costs one call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy
import torch
from torch import nn

Array = numpy.ndarray[Any, Any]

LARGEST = 100_000
"""Numbers in a network up to which this pays."""
ALIGNMENT = 16
"""Each parameter starts at a multiple of so many numbers, which is where torch's own allocations start: 64 bytes."""


class FlatWeights:
    """Parameters laid end to end, in their order: each is now a view, and so is its `grad`, which is never None.

    `weights`, `gradients`: float32 (n,), 0 in the gaps between parameters. `starts`: where each parameter begins.
    """

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        self.parameters = list(parameters)
        self.starts: list[int] = []
        total = 0
        for parameter in self.parameters:
            self.starts.append(total)
            total += -(-parameter.numel() // ALIGNMENT) * ALIGNMENT
        self.weights = torch.zeros(total)
        self.gradients = torch.zeros(total)
        for parameter, weight, gradient in zip(
            self.parameters, self.parts(self.weights), self.parts(self.gradients), strict=True
        ):
            weight.copy_(parameter.detach())
            parameter.data = weight
            parameter.grad = gradient

    def parts(self, numbers: torch.Tensor) -> list[torch.Tensor]:
        """Return views of numbers (n,), each in the shape of its parameter."""
        return [
            numbers[start : start + parameter.numel()].view(parameter.shape)
            for start, parameter in zip(self.starts, self.parameters, strict=True)
        ]


def flat_weights(parameters: Iterable[nn.Parameter]) -> FlatWeights | None:
    """Lay the parameters that are trained end to end; None if that does not pay, or if they are not of one kind."""
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    fits = sum(parameter.numel() for parameter in trained) <= LARGEST and all(
        parameter.device.type == "cpu" and parameter.dtype == torch.float32 for parameter in trained
    )
    return FlatWeights(trained) if trained and fits else None


__all__ = ["LARGEST", "FlatWeights", "flat_weights"]
