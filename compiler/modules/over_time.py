"""One module applied at every time step of a sequence."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class OverTime(nn.Module):
    """Applies a module to each time step, and hands on what it remembers.

    `steps`: one module for each direction; each takes what arrives, (batch, …), and then what its delays hold, and
    returns its answers and then what the delays hold next. `sequences`: for each input whether it is a sequence
    (batch, time, …), or the same value at every step. `delays`: the shape of what each delay holds of a sample;
    `learned`: whether its first value is learned; else it is 0. `outputs`: how many answers there are. `backward`: for
    each direction whether it reads from the last time step back. Gives one tensor, or a tuple of several, (batch, time,
    …), or (batch, …) if only the answer where all is read is asked for; two directions side by side.
    """

    def __init__(
        self,
        steps: Sequence[nn.Module],
        sequences: Sequence[bool],
        delays: Sequence[Sequence[int]],
        learned: Sequence[bool],
        outputs: int,
        backward: Sequence[bool],
    ) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)
        self.sequences = list(sequences)
        self.delays = [list(shape) for shape in delays]
        self.learned = list(learned)
        self.outputs = outputs
        self.backward_directions = list(backward)
        self.starts = nn.ParameterList(
            nn.Parameter(torch.zeros(shape))
            for _ in steps
            for shape, learns in zip(delays, learned, strict=True)
            if learns
        )

    def forward(self, *inputs: torch.Tensor, last: bool = False) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Return the answers; `last`: only those where all is read."""
        directions = [self._read(number, inputs, last) for number in range(len(self.steps))]
        answers = tuple(
            parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1) for parts in zip(*directions, strict=True)
        )
        return answers[0] if len(answers) == 1 else answers

    def _read(self, number: int, inputs: Sequence[torch.Tensor], last: bool) -> list[torch.Tensor]:
        time = next(value.shape[1] for value, each in zip(inputs, self.sequences, strict=True) if each)
        order = list(range(time))
        if self.backward_directions[number]:
            order.reverse()
        held = self._first(number, inputs[0])
        answers: list[list[torch.Tensor]] = [[] for _ in range(self.outputs)]
        for moment in order:
            now = [value[:, moment] if each else value for value, each in zip(inputs, self.sequences, strict=True)]
            found = self.steps[number](*now, *held)
            results = list(found) if isinstance(found, tuple) else [found]
            held = results[self.outputs :]
            for kept, answer in zip(answers, results, strict=False):
                kept.append(answer)
        if last:
            return [kept[-1] for kept in answers]
        return [torch.stack(kept[::-1] if self.backward_directions[number] else kept, dim=1) for kept in answers]

    def _first(self, number: int, like: torch.Tensor) -> list[torch.Tensor]:
        """What the delays hold at the first time step."""
        learned = sum(self.learned)
        starts = iter(list(self.starts)[number * learned : (number + 1) * learned])
        return [
            next(starts).expand(like.shape[0], *shape) if learns else like.new_zeros(like.shape[0], *shape)
            for shape, learns in zip(self.delays, self.learned, strict=True)
        ]
