"""Examples of the recurrent layers and cells of torch.nn."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.kind_examples.example import Example


def of_torch(plain: type[nn.RNNBase]) -> Any:
    """What torch's own layer gives with the same weights, its states side by side."""

    def reference(module: nn.RNNBase, x: torch.Tensor, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
        given: dict[str, Any] = {"nonlinearity": module.nonlinearity} if plain is nn.RNN else {}
        if plain is nn.LSTM:
            given["proj_size"] = module.proj_size
        own = plain(
            module.input_size,
            module.hidden_size,
            module.num_layers,
            bias=module.bias,
            batch_first=True,
            bidirectional=module.bidirectional,
            **given,
        ).double()
        own.load_state_dict(module.state_dict())
        if states:
            count = module.num_layers * (2 if module.bidirectional else 1)
            parts = [torch.stack(state.chunk(count, dim=1)) for state in states]
            output, last = own(x, tuple(parts) if plain is nn.LSTM else parts[0])
        else:
            output, last = own(x)
        return (output, *(torch.cat(tuple(one), dim=1) for one in (last if plain is nn.LSTM else (last,))))

    return reference


def rnn(parameters: dict[str, Any], *shapes: list[int] | None) -> Example:
    return Example("RNN", parameters, shapes, reference=of_torch(nn.RNN), comes_back=False)


def gru(parameters: dict[str, Any], *shapes: list[int] | None) -> Example:
    return Example("GRU", parameters, shapes, reference=of_torch(nn.GRU), comes_back=False)


def lstm(parameters: dict[str, Any], *shapes: list[int] | None) -> Example:
    return Example("LSTM", parameters, shapes, reference=of_torch(nn.LSTM), comes_back=False)


def lstm_from_memory_alone(module: nn.LSTM, x: torch.Tensor, memory: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return of_torch(nn.LSTM)(module, x, torch.zeros_like(memory), memory)


def lstm_cell(module: nn.LSTMCell, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
    z = x @ module.weight_ih.T + h @ module.weight_hh.T
    if module.bias:
        z = z + module.bias_ih + module.bias_hh
    take, keep, new, show = z.chunk(4, dim=1)
    c = torch.sigmoid(keep) * c + torch.sigmoid(take) * torch.tanh(new)
    return torch.sigmoid(show) * torch.tanh(c), c


DEEP = {"hidden_size": 4, "num_layers": 2, "bidirectional": True}

EXAMPLES = [
    rnn({"hidden_size": 5}, [5, 7], None),
    rnn({**DEEP, "nonlinearity": "relu", "dropout": 0.3}, [4, 3], [16]),
    rnn({"hidden_size": 3, "bias": False}, [4, 3], [3]),
    gru({"hidden_size": 5}, [5, 7], None),
    gru({**DEEP, "dropout": 0.3}, [4, 3], [16]),
    gru({"hidden_size": 3, "bias": False}, [1, 3], [3]),
    lstm({"hidden_size": 6}, [5, 7], None, None),
    lstm({**DEEP, "dropout": 0.3}, [4, 3], [16], [16]),
    lstm({"hidden_size": 3, "num_layers": 3, "bias": False, "trainable": False}, [1, 7], None, None),
    lstm({"hidden_size": 1, "bidirectional": True, "forget_bias": 1.5}, [5, 1], None, None),
    lstm({**DEEP, "proj_size": 2}, [4, 3], [8], [16]),
    lstm({"hidden_size": 3, "proj_size": 2, "bias": False, "forget_bias": 1.0}, [4, 3], None, None),
    Example("LSTM", {"hidden_size": 3}, ([4, 3], None, [3]), reference=lstm_from_memory_alone, comes_back=False),
    Example("RNNCell", {}, ([6], None), comes_back=False),
    Example("RNNCell", {"hidden_size": 4, "nonlinearity": "relu", "bias": False}, ([6], [4]), comes_back=False),
    Example("GRUCell", {}, ([6], None), comes_back=False),
    Example("GRUCell", {"hidden_size": 4}, ([6], [4]), comes_back=False),
    Example("GRUCell", {"hidden_size": 4, "bias": False}, ([6], None), comes_back=False),
    Example("LSTMCell", {}, ([6], None, None), comes_back=False),
    Example("LSTMCell", {"hidden_size": 4}, ([6], [4], [4]), reference=lstm_cell, comes_back=False),
    Example("LSTMCell", {"hidden_size": 4, "bias": False}, ([6], [4], [4]), reference=lstm_cell, comes_back=False),
]
