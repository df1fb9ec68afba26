"""Examples of the external memory."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.kind_examples.example import Example


def addressed(memory: torch.Tensor, key: torch.Tensor, strength: torch.Tensor | float) -> torch.Tensor:
    """Slot by slot: e^(β cosine), divided by their sum; (batch, slots)."""
    parts = []
    for slot in memory.unbind(1):
        cosine = (slot * key).sum(1) / (slot.square().sum(1).sqrt() * key.square().sum(1).sqrt())
        parts.append(torch.exp((strength if isinstance(strength, float) else strength[:, 0]) * cosine))
    return torch.stack(parts, 1) / sum(parts)[:, None]


def read(module: Any, memory: torch.Tensor, key: torch.Tensor, strength: torch.Tensor | float = 1.0) -> Any:
    weights = addressed(memory, key, strength)
    return torch.einsum("bs,bsw->bw", weights, memory), weights


def changed(
    memory: torch.Tensor, weights: torch.Tensor, erase: torch.Tensor | float, add: torch.Tensor
) -> torch.Tensor:
    """Slot by slot: M (1 − w e) + w a."""
    return torch.stack(
        [
            slot * (1 - w[:, None] * erase) + w[:, None] * add
            for slot, w in zip(memory.unbind(1), weights.unbind(1), strict=True)
        ],
        1,
    )


def write(module: Any, memory: torch.Tensor, key: torch.Tensor, *given: torch.Tensor) -> torch.Tensor:
    """With strength, erase and add, or with what to add only."""
    strength, erase, add = given if len(given) == 3 else (1.0, 0.0, given[0])
    return changed(memory, addressed(memory, key, strength), erase, add)


def external(module: Any, sequence: torch.Tensor) -> torch.Tensor:
    width, softplus = module.memory_width, lambda z: torch.log(1 + z.exp())
    memory = module.memory.repeat(len(sequence), 1, 1)
    r = torch.zeros(len(sequence), width, dtype=sequence.dtype)
    h = c = torch.zeros(len(sequence), module.hidden_size, dtype=sequence.dtype)
    outputs = []
    for x in sequence.unbind(1):
        if isinstance(module.controller, nn.LSTMCell):
            h, c = module.controller(torch.cat([x, r], 1), (h, c))
        else:
            h = module.controller(torch.cat([x, r], 1), h)
        z = h @ module.interface.weight.T + module.interface.bias
        weights = addressed(memory, z[:, :width], softplus(z[:, 3 * width : 3 * width + 1]))
        memory = changed(memory, weights, z[:, width : 2 * width].sigmoid(), z[:, 2 * width : 3 * width])
        r, _ = read(None, memory, z[:, 3 * width + 1 : -1], softplus(z[:, -1:]))
        outputs.append(torch.cat([h, r], 1) @ module.output.weight.T + module.output.bias)
    return torch.stack(outputs, 1)


SMALL = {"hidden_size": 4, "memory_slots": 3, "memory_width": 2, "out_features": 5}

EXAMPLES = [
    Example("MemoryRead", {}, ([4, 3], [3], [1]), reference=read, comes_back=False),
    Example("MemoryRead", {}, ([4, 3], [3], None), reference=read, comes_back=False),
    Example("MemoryWrite", {}, ([4, 3], [3], [1], [3], [3]), reference=write, comes_back=False),
    Example("MemoryWrite", {}, ([4, 3], [3], None, None, [3]), reference=write, comes_back=False),
    Example("ExternalMemory", {}, ([2, 3],), reference=external, comes_back=False),
    Example("ExternalMemory", SMALL, ([3, 4],), reference=external, comes_back=False),
    Example("ExternalMemory", {**SMALL, "controller": "GRUCell"}, ([3, 4],), reference=external, comes_back=False),
]
