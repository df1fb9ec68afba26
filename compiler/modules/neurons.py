"""The single neuron as a module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class WeightedWire:
    """A wire to a neuron: its number of weights, the element it picks, whether it carries a whole vector."""

    id: str
    size: int
    element: int | None
    is_vector: bool


class Neuron(nn.Module):
    """The weighted sum of a single neuron, z = Σ wᵢ xᵢ + b (Hung-yi Lee, Deep Learning, lecture 1).

    `wires`: in the order of connecting. Takes one tensor for each wire, (batch,) or (batch, n); gives (batch,).
    """

    def __init__(self, wires: Sequence[WeightedWire], bias: float) -> None:
        super().__init__()
        self.wires = tuple(wires)
        count = sum(wire.size for wire in self.wires)
        self.weight = nn.Parameter(torch.empty(count))
        self.bias = nn.Parameter(torch.tensor(float(bias)))
        bound = 1.0 / max(1, count) ** 0.5
        nn.init.uniform_(self.weight, -bound, bound)

    def slices(self) -> dict[WeightedWire, slice]:
        """Return which part of `weight` each wire carries."""
        parts: dict[WeightedWire, slice] = {}
        start = 0
        for wire in self.wires:
            parts[wire] = slice(start, start + wire.size)
            start += wire.size
        return parts

    def forward(self, *sources: torch.Tensor) -> torch.Tensor:
        """Return z, (batch,)."""
        columns = []
        for wire, source in zip(self.wires, sources, strict=True):
            if wire.element is not None:
                columns.append(source[:, wire.element : wire.element + 1])
            else:
                columns.append(source if wire.is_vector else source.unsqueeze(1))
        inputs = columns[0] if len(columns) == 1 else torch.cat(columns, dim=1)
        return torch.mv(inputs, self.weight) + self.bias
