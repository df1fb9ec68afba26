"""One module applied at every time step of a sequence."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

FusedTerm = tuple[str, tuple[int, int], tuple[int, int] | None, float]


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
        # Cutting a sequence at once has one backward pass; a slice for each time step would have one each.
        moments = [
            value.unbind(1) if each else (value,) * time for value, each in zip(inputs, self.sequences, strict=True)
        ]
        backward = self.backward_directions[number]
        held: Sequence[torch.Tensor] = self._first(number, inputs[0])
        kept: list[Sequence[torch.Tensor]] = []
        for now in zip(*(reversed(one) if backward else one for one in moments), strict=True):
            found = self.steps[number](*now, *held)
            results = found if isinstance(found, tuple) else (found,)
            held = results[self.outputs :]
            kept.append(results[: self.outputs])
        if last:
            return list(kept[-1])
        return [torch.stack(one, dim=1) for one in zip(*(reversed(kept) if backward else kept), strict=True)]

    def _first(self, number: int, like: torch.Tensor) -> list[torch.Tensor]:
        """What the delays hold at the first time step."""
        learned = sum(self.learned)
        starts = iter(list(self.starts)[number * learned : (number + 1) * learned])
        return [
            next(starts).expand(like.shape[0], *shape) if learns else like.new_zeros(like.shape[0], *shape)
            for shape, learns in zip(self.delays, self.learned, strict=True)
        ]


class FusedOverTime(OverTime):
    """A recurrent block that computes what nn.RNN, nn.LSTM or nn.GRU computes: all time steps run as one kernel.

    Weights, names and results are those of OverTime, whose `steps` stay and hold the weights; only they are not called.
    `kernel`: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU". `states`: which delays hold h and, of an LSTM, c. `layout`: for
    each direction, for each of weight_ih, weight_hh, bias_ih and bias_hh, for each gate in torch's order (or for each
    part of it), the terms whose sum it is: (name of a parameter of the step, its rows, its columns, a factor), or
    ("", rows, None, a number).
    """

    def __init__(
        self,
        steps: Sequence[nn.Module],
        sequences: Sequence[bool],
        delays: Sequence[Sequence[int]],
        learned: Sequence[bool],
        outputs: int,
        backward: Sequence[bool],
        kernel: str,
        states: Sequence[int],
        layout: Sequence[Sequence[Sequence[Sequence[FusedTerm]]]],
    ) -> None:
        super().__init__(steps, sequences, delays, learned, outputs, backward)
        self.kernel = kernel
        self.states = list(states)
        self.layout = layout

    def forward(self, *inputs: torch.Tensor, last: bool = False) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Return the answers; `last`: only those where all is read."""
        (x,) = inputs
        directions = len(self.steps)
        only_backward = directions == 1 and self.backward_directions[0]
        first = [self._first(number, x) for number in range(directions)]
        starts = [torch.stack([held[state] for held in first]) for state in self.states]
        every, ends = self._run(x.flip(1) if only_backward else x, starts, self._weights(), directions == 2)
        if last:
            answer = torch.cat(ends.unbind(0), dim=-1)
        else:
            answer = every.flip(1) if only_backward else every
        return answer if self.outputs == 1 else (answer,) * self.outputs

    def _run(
        self, x: torch.Tensor, starts: Sequence[torch.Tensor], weights: list[torch.Tensor], both: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return h of every time step, and where all is read."""
        # One layer; nothing is dropped, so that `train` only says whether what the backward pass needs is kept.
        train = torch.is_grad_enabled()
        if self.kernel == "LSTM":
            every, last, _ = torch.lstm(x, list(starts), weights, True, 1, 0.0, train, both, True)
            return every, last
        run = {"GRU": torch.gru, "RNN_TANH": torch.rnn_tanh, "RNN_RELU": torch.rnn_relu}[self.kernel]
        every, last = run(x, starts[0], weights, True, 1, 0.0, train, both, True)
        return every, last

    def _weights(self) -> list[torch.Tensor]:
        """weight_ih, weight_hh, bias_ih and bias_hh of each direction, laid out as cuDNN wants them: in one piece of
        memory, the biases at the end."""
        tensors = [
            [self._sum(number, gate) for gate in gates] for number, places in enumerate(self.layout) for gates in places
        ]
        order = sorted(range(len(tensors)), key=lambda place: tensors[place][0].dim() == 1)
        flat = torch.cat([tensor.reshape(-1) for place in order for tensor in tensors[place]])
        parts = torch.split(flat, [sum(tensor.numel() for tensor in tensors[place]) for place in order])
        found = dict(zip(order, parts, strict=True))
        return [found[place].view(-1, *gates[0].shape[1:]) for place, gates in enumerate(tensors)]

    def _sum(self, number: int, terms: Sequence[FusedTerm]) -> torch.Tensor:
        values = [self._term(number, *term) for term in terms]
        return values[0] if len(values) == 1 else torch.stack(values).sum(0)

    def _term(
        self, number: int, name: str, rows: tuple[int, int], columns: tuple[int, int] | None, factor: float
    ) -> torch.Tensor:
        count = rows[1] - rows[0]
        if not name:
            return next(self.steps[number].parameters()).new_full((count,), factor)
        tensor: torch.Tensor = self.steps[number].get_parameter(name)
        if count < tensor.shape[0]:
            tensor = tensor.narrow(0, rows[0], count)
        if columns is not None and columns[1] - columns[0] < tensor.shape[1]:
            tensor = tensor.narrow(1, columns[0], columns[1] - columns[0])
        return tensor if factor == 1.0 else tensor * factor
