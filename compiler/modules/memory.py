"""A memory outside the network: found by content, read, erased and written.

The classes stand alone, on torch only: exported source carries their text.
Source: Graves, Wayne, Danihelka, Neural Turing Machines (2014), 3.1 to 3.3.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


def content_weights(memory: torch.Tensor, key: torch.Tensor, strength: torch.Tensor | None) -> torch.Tensor:
    """Return how much each slot is meant, (batch, slots): softmax over the slots of strength · cosine(slot, key).

    `memory`: (batch, slots, width); `key`: (batch, width); `strength`: (batch, 1), or None for 1.
    """
    likeness = functional.cosine_similarity(memory, key.unsqueeze(1), dim=2)
    return torch.softmax(likeness if strength is None else strength * likeness, dim=1)


def read_memory(memory: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the mean of the slots with these weights, (batch, width)."""
    return torch.matmul(weights.unsqueeze(1), memory).squeeze(1)


def written_memory(
    memory: torch.Tensor, weights: torch.Tensor, erase: torch.Tensor | None, add: torch.Tensor
) -> torch.Tensor:
    """Return the memory after a write: each slot is erased and added to as far as it is meant.

    `erase`: what is forgotten, (batch, width), 1 for all of it; None: nothing. `add`: (batch, width).
    """
    each = weights.unsqueeze(2)
    kept = memory if erase is None else memory * (1 - each * erase.unsqueeze(1))
    return kept + each * add.unsqueeze(1)


class MemoryRead(nn.Module):
    """Reads the slots that are like a key."""

    def forward(
        self, memory: torch.Tensor, key: torch.Tensor, strength: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what was read, (batch, width), and the weights of the slots, (batch, slots)."""
        weights = content_weights(memory, key, strength)
        return read_memory(memory, weights), weights


class MemoryWrite(nn.Module):
    """Writes to the slots that are like a key."""

    def forward(
        self,
        memory: torch.Tensor,
        key: torch.Tensor,
        strength: torch.Tensor | None,
        erase: torch.Tensor | None,
        add: torch.Tensor,
    ) -> torch.Tensor:
        """Return the new memory, (batch, slots, width)."""
        return written_memory(memory, content_weights(memory, key, strength), erase, add)


class ExternalMemory(nn.Module):
    """A recurrent controller that writes to a memory and reads from it at every time step.

    `interface` maps the controller's h to what the two heads need, side by side: key, erase vector, vector to add and
    strength of the writing head; key and strength of the reading head.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        memory_slots: int,
        memory_width: int,
        out_features: int,
        controller: str = "LSTMCell",
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.memory_width = memory_width
        cell = nn.LSTMCell if controller == "LSTMCell" else nn.GRUCell
        self.controller = cell(input_size + memory_width, hidden_size)
        self.interface = nn.Linear(hidden_size, 4 * memory_width + 2)
        self.output = nn.Linear(hidden_size + memory_width, out_features)
        self.memory = nn.Parameter(torch.empty(memory_slots, memory_width))
        nn.init.normal_(self.memory, std=memory_width**-0.5)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        """Take (batch, time, input_size) and return (batch, time, out_features)."""
        memory = self.memory.expand(len(sequence), -1, -1)
        read = sequence.new_zeros(len(sequence), self.memory_width)
        hidden = cell = sequence.new_zeros(len(sequence), self.hidden_size)
        outputs = []
        for step in sequence.unbind(1):
            given = torch.cat([step, read], dim=1)
            if isinstance(self.controller, nn.LSTMCell):
                hidden, cell = self.controller(given, (hidden, cell))
            else:
                hidden = self.controller(given, hidden)
            memory, read = self.use(memory, hidden)
            outputs.append(self.output(torch.cat([hidden, read], dim=1)))
        return torch.stack(outputs, dim=1)

    def use(self, memory: torch.Tensor, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Write, then read, as the controller's h says; return the new memory and what was read."""
        sizes = (*(self.memory_width,) * 3, 1, self.memory_width, 1)
        key, erase, add, strength, read_key, read_strength = self.interface(hidden).split(sizes, dim=1)
        weights = content_weights(memory, key, functional.softplus(strength))
        memory = written_memory(memory, weights, torch.sigmoid(erase), add)
        return memory, read_memory(memory, content_weights(memory, read_key, functional.softplus(read_strength)))
