"""torch.nn's recurrent layers and cells with their states as inputs and outputs, the batch first everywhere.

A layer's states lie side by side in one vector, (batch, num_layers · directions · size), in torch's order: layer after
layer, forwards before backwards. What is not given starts at 0. The weights keep torch's names.
The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

import torch
from torch import nn


class RNNWithState(nn.RNN):
    """torch.nn.RNN as (input, state) -> (output, state)."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            nonlinearity=nonlinearity,
            bias=bias,
            batch_first=True,
            dropout=dropout if num_layers > 1 else 0.0,
            bidirectional=bidirectional,
        )

    def forward(  # type: ignore[override]
        self, input: torch.Tensor, state: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (batch, time, directions · hidden_size) and the last state."""
        output, last = super().forward(input, layer_by_layer(state, self.hidden_size))
        return output, side_by_side(last)


class GRUWithState(nn.GRU):
    """torch.nn.GRU as (input, state) -> (output, state)."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout if num_layers > 1 else 0.0,
            bidirectional=bidirectional,
        )

    def forward(  # type: ignore[override]
        self, input: torch.Tensor, state: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (batch, time, directions · hidden_size) and the last state."""
        output, last = super().forward(input, layer_by_layer(state, self.hidden_size))
        return output, side_by_side(last)


class LSTMWithState(nn.LSTM):
    """torch.nn.LSTM as (input, state, memory) -> (output, state, memory): the state is h, the memory c.

    `forget_bias`: what the forget gates' two biases add up to at the start; None leaves PyTorch's own.
    Source of a large one: Hung-yi Lee, Network Structure.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        forget_bias: float | None = None,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout if num_layers > 1 else 0.0,
            bidirectional=bidirectional,
            proj_size=proj_size,
        )
        if forget_bias is not None:
            with torch.no_grad():
                for name, parameter in self.named_parameters():
                    if name.startswith("bias_"):
                        parameter[hidden_size : 2 * hidden_size] = forget_bias if name.startswith("bias_ih") else 0.0

    def forward(  # type: ignore[override]
        self, input: torch.Tensor, state: torch.Tensor | None = None, memory: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return (batch, time, directions · (proj_size or hidden_size)), the last state and the last memory."""
        h = layer_by_layer(state, self.proj_size or self.hidden_size)
        c = layer_by_layer(memory, self.hidden_size)
        count = self.num_layers * (2 if self.bidirectional else 1)
        if h is None and c is not None:
            h = c.new_zeros(count, len(input), self.proj_size or self.hidden_size)
        if c is None and h is not None:
            c = h.new_zeros(count, len(input), self.hidden_size)
        output, (last, kept) = super().forward(input, None if h is None or c is None else (h, c))
        return output, side_by_side(last), side_by_side(kept)


class LSTMCellWithMemory(nn.LSTMCell):
    """torch.nn.LSTMCell as (input, hidden, memory) -> (hidden, memory), each (batch, hidden_size)."""

    def forward(  # type: ignore[override]
        self, input: torch.Tensor, hidden: torch.Tensor | None = None, memory: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return h and c after this time step."""
        zeros = input.new_zeros(len(input), self.hidden_size)
        return super().forward(input, (zeros if hidden is None else hidden, zeros if memory is None else memory))


def layer_by_layer(states: torch.Tensor | None, size: int) -> torch.Tensor | None:
    """Return states side by side, (batch, layers · size), as torch takes them: (layers, batch, size)."""
    return None if states is None else states.reshape(len(states), -1, size).transpose(0, 1).contiguous()


def side_by_side(states: torch.Tensor) -> torch.Tensor:
    """Return torch's states, (layers, batch, size), side by side: (batch, layers · size)."""
    return states.transpose(0, 1).flatten(1)
