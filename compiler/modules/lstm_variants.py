"""LSTMs with peepholes, with coupled gates, and without one of their gates.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional


class LSTMVariant(nn.Module):
    """One layer of an LSTM as (input, state, memory) -> (output, state, memory), batch first.

    `gates`: "all", "coupled" (the forget gate is 1 − the input gate), "no input gate", "no forget gate" or "no output
    gate" (what is missing is 1). `peepholes`: every gate also sees its own memory cell, through a weight for each cell:
    input and forget gate the memory before, the output gate the memory after this time step. `forget_bias`: what the
    forget gate's two biases add up to at the start.
    The rows of the weights are those of the input, forget, cell and output gate, as far as there are such gates, so
    that with all gates and no peepholes they are torch.nn.LSTM's. Source: Gers, Schmidhuber, Recurrent Nets that Time
    and Count (2000); Greff et al., LSTM: A Search Space Odyssey (2015); Hung-yi Lee, Network Structure.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        bidirectional: bool = False,
        gates: str = "all",
        peepholes: bool = True,
        forget_bias: float | None = None,
    ) -> None:
        super().__init__()
        missing = {"coupled": "forget", "all": ""}.get(gates, gates.removeprefix("no ").removesuffix(" gate"))
        self.hidden_size = hidden_size
        self.is_coupled = gates == "coupled"
        self.rows = [name for name in ("input", "forget", "cell", "output") if name != missing]
        self.seeing = [name for name in self.rows if name != "cell"] if peepholes else []
        self.suffixes = ("_l0", "_l0_reverse") if bidirectional else ("_l0",)
        bound = 1.0 / math.sqrt(hidden_size)
        height = len(self.rows) * hidden_size
        for suffix in self.suffixes:
            sizes: dict[str, tuple[int, ...]] = {"weight_ih": (height, input_size), "weight_hh": (height, hidden_size)}
            if bias:
                sizes |= {"bias_ih": (height,), "bias_hh": (height,)}
            if peepholes:
                sizes["peephole"] = (len(self.seeing), hidden_size)
            for name, size in sizes.items():
                start = torch.empty(size).uniform_(-bound, bound)
                self.register_parameter(f"{name}{suffix}", nn.Parameter(start))
            if bias and forget_bias is not None and "forget" in self.rows:
                first = self.rows.index("forget") * hidden_size
                with torch.no_grad():
                    self.get_parameter(f"bias_ih{suffix}")[first : first + hidden_size] = forget_bias
                    self.get_parameter(f"bias_hh{suffix}")[first : first + hidden_size] = 0.0

    def forward(
        self, input: torch.Tensor, state: torch.Tensor | None = None, memory: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return (batch, time, directions · hidden_size), the last h and the last c, (batch, directions · size)."""
        zeros = input.new_zeros(len(input), len(self.suffixes) * self.hidden_size)
        starts = zip(
            (zeros if state is None else state).chunk(len(self.suffixes), dim=1),
            (zeros if memory is None else memory).chunk(len(self.suffixes), dim=1),
            strict=True,
        )
        outputs, states, memories = [], [], []
        for suffix, (h, c) in zip(self.suffixes, starts, strict=True):
            output, h, c = self._read(input, suffix, h, c)
            outputs.append(output)
            states.append(h)
            memories.append(c)
        return torch.cat(outputs, dim=2), torch.cat(states, dim=1), torch.cat(memories, dim=1)

    def _read(
        self, input: torch.Tensor, suffix: str, h: torch.Tensor, c: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Read in one direction; return h of all time steps in the order of time, the last h and the last c."""
        has_bias = hasattr(self, f"bias_ih{suffix}")
        bias = getattr(self, f"bias_ih{suffix}") + getattr(self, f"bias_hh{suffix}") if has_bias else None
        from_input = functional.linear(input, getattr(self, f"weight_ih{suffix}"), bias)
        weight: torch.Tensor = getattr(self, f"weight_hh{suffix}")
        peepholes = dict(zip(self.seeing, getattr(self, f"peephole{suffix}", ()), strict=True))
        is_reverse = suffix.endswith("_reverse")
        steps = from_input.unbind(1)[::-1] if is_reverse else from_input.unbind(1)
        found = []
        for from_x in steps:
            z = dict(zip(self.rows, (from_x + functional.linear(h, weight)).chunk(len(self.rows), dim=1), strict=True))
            c = self._remember(z, peepholes, c)
            h = torch.tanh(c)
            if "output" in z:
                h = torch.sigmoid(with_peephole(z, peepholes, "output", c)) * h
            found.append(h)
        return torch.stack(found[::-1] if is_reverse else found, dim=1), h, c

    def _remember(
        self, z: dict[str, torch.Tensor], peepholes: dict[str, torch.Tensor], before: torch.Tensor
    ) -> torch.Tensor:
        """Return the memory after a time step."""
        taken, kept = torch.tanh(z["cell"]), before
        if "input" in z:
            take = torch.sigmoid(with_peephole(z, peepholes, "input", before))
            taken = take * taken
            if self.is_coupled:
                kept = (1 - take) * before
        if "forget" in z:
            kept = torch.sigmoid(with_peephole(z, peepholes, "forget", before)) * before
        return kept + taken


def with_peephole(
    z: dict[str, torch.Tensor], peepholes: dict[str, torch.Tensor], gate: str, memory: torch.Tensor
) -> torch.Tensor:
    """What a gate's sigmoid takes: z, and what the gate sees of the memory."""
    return z[gate] + peepholes[gate] * memory if gate in peepholes else z[gate]
