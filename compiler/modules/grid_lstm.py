"""A grid of LSTM blocks along time and depth.

The class stands alone, on torch only: exported source carries its text.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional


class GridLSTM(nn.Module):
    """Two-dimensional Grid LSTM: (batch, time, features) -> (batch, time, directions · hidden_size).

    At each time step and layer a block takes h and m along time and h and m along depth. Both h side by side feed two
    LSTMs, one with each dimension's m, whose h and m leave along that dimension: m′ = f⊙m + i⊙z, h′ = tanh(o⊙m′). What
    enters at the bottom is made of the input by a fully connected layer; along time everything starts at 0. The rows of
    the blocks' weights are those of the input, forget, cell and output gate; their columns see h along time, then h
    along depth. `share_weights`: all layers are the same.
    Source: Kalchbrenner, Danihelka, Graves, Grid Long Short-Term Memory (2015), sections 2 and 3.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 2,
        bidirectional: bool = False,
        share_weights: bool = False,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.share_weights = share_weights
        self.suffixes = ("", "_reverse") if bidirectional else ("",)
        for suffix in self.suffixes:
            self._add("in", suffix, 2 * hidden_size, input_size)
            for layer in range(1 if share_weights else num_layers):
                for dimension in ("time", "depth"):
                    self._add(f"{dimension}_l{layer}", suffix, 4 * hidden_size, 2 * hidden_size)

    def _add(self, name: str, suffix: str, rows: int, columns: int) -> None:
        """Add a weight and a bias that start as torch.nn.Linear's do."""
        bound = 1.0 / math.sqrt(columns)
        weight, bias = torch.empty(rows, columns), torch.empty(rows)
        self.register_parameter(f"weight_{name}{suffix}", nn.Parameter(weight.uniform_(-bound, bound)))
        self.register_parameter(f"bias_{name}{suffix}", nn.Parameter(bias.uniform_(-bound, bound)))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return h along depth as it leaves the uppermost layer at each time step."""
        return torch.cat([self._read(input, suffix) for suffix in self.suffixes], dim=2)

    def _read(self, input: torch.Tensor, suffix: str) -> torch.Tensor:
        is_reverse = suffix == "_reverse"
        entering = self._linear("in", suffix, input).unbind(1)
        h_time = [input.new_zeros(len(input), self.hidden_size)] * self.num_layers
        m_time = list(h_time)
        found = []
        for now in entering[::-1] if is_reverse else entering:
            h, m = now.chunk(2, dim=1)
            for layer in range(self.num_layers):
                number = 0 if self.share_weights else layer
                both = torch.cat((h_time[layer], h), dim=1)
                h_time[layer], m_time[layer] = self._block(f"time_l{number}", suffix, both, m_time[layer])
                h, m = self._block(f"depth_l{number}", suffix, both, m)
            found.append(h)
        return torch.stack(found[::-1] if is_reverse else found, dim=1)

    def _block(
        self, name: str, suffix: str, both: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One LSTM along one dimension: return its h and m."""
        take, keep, new, show = self._linear(name, suffix, both).chunk(4, dim=1)
        memory = torch.sigmoid(keep) * memory + torch.sigmoid(take) * torch.tanh(new)
        return torch.tanh(torch.sigmoid(show) * memory), memory

    def _linear(self, name: str, suffix: str, values: torch.Tensor) -> torch.Tensor:
        return functional.linear(values, getattr(self, f"weight_{name}{suffix}"), getattr(self, f"bias_{name}{suffix}"))
