"""Snapshots of a run, for the way back: parameters, buffers and the optimizer's state at the start of some steps.

What else a step depends on follows from its number: its examples (minibatches.py) and what is random in it
(chance.py). The steps between a snapshot and the one that is wanted are taken again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

INTERVAL = 50
"""Steps between two snapshots while training runs."""
MEMORY = 256 * 2**20
"""Bytes that all snapshots together may take, but for the first and the latest, which are always kept."""
MOST = 200
"""Snapshots kept: with more of them, choosing which to drop would take longer than a small step."""


@dataclass(frozen=True)
class Snapshot:
    """The state at the start of a step, on the device where it was: copies that nothing writes to."""

    step: int
    tensors: tuple[torch.Tensor, ...]
    optimizer: dict[torch.Tensor, dict[str, Any]]

    @property
    def size(self) -> int:
        """Bytes."""
        states = [value for state in self.optimizer.values() for value in state.values()]
        return sum(one.nbytes for one in (*self.tensors, *states) if isinstance(one, torch.Tensor))


class Snapshots:
    """The snapshots of one run, by step; the older the steps, the fewer of them."""

    def __init__(self, module: nn.Module, optimizer: torch.optim.Optimizer, memory: int = MEMORY) -> None:
        self._tensors = [*module.parameters(), *module.buffers()]
        self._optimizer = optimizer
        self._memory = memory
        self._kept: list[Snapshot] = []
        self._sizes: list[int] = []

    @property
    def steps(self) -> list[int]:
        """The steps, counted from 0, at whose start there is a snapshot."""
        return [snapshot.step for snapshot in self._kept]

    def keep_up(self, step: int) -> None:
        """Take a snapshot at the start of a step if the last one is INTERVAL steps away."""
        if not self._kept or step - self._kept[-1].step >= INTERVAL:
            self.take(step)

    def take(self, step: int) -> None:
        """Take a snapshot at the start of a step, none of whose phases has begun; steps must not fall."""
        if self._kept and self._kept[-1].step == step:
            return
        snapshot = Snapshot(
            step,
            tuple(tensor.detach().clone() for tensor in self._tensors),
            {parameter: _copy(state) for parameter, state in self._optimizer.state.items()},
        )
        self._kept.append(snapshot)
        self._sizes.append(snapshot.size)
        while len(self._kept) > 2 and (len(self._kept) > MOST or sum(self._sizes) > self._memory):
            self._drop_one(step)

    def restore(self, step: int) -> int:
        """Put back the latest state that is known at or before the start of a step; return the step that it is of.

        Later snapshots are forgotten. The learning rate stays: it is a setting, not something that was learned.
        """
        while len(self._kept) > 1 and self._kept[-1].step > step:
            self._kept.pop()
            self._sizes.pop()
        snapshot = self._kept[-1]
        with torch.no_grad():
            for tensor, value in zip(self._tensors, snapshot.tensors, strict=True):
                tensor.copy_(value)
        self._put_back(snapshot.optimizer)
        return snapshot.step

    def _put_back(self, states: dict[torch.Tensor, dict[str, Any]]) -> None:
        """Write into the optimizer's own tensors where it has them: others may see them as well (flat_update.py)."""
        present = self._optimizer.state
        for parameter in [parameter for parameter in present if parameter not in states]:
            del present[parameter]
        for parameter, state in states.items():
            if parameter not in present:
                present[parameter] = _copy(state)
                continue
            for name, value in state.items():
                if isinstance(value, torch.Tensor):
                    present[parameter][name].copy_(value)
                else:
                    present[parameter][name] = value

    def _drop_one(self, now: int) -> None:
        """Drop the snapshot whose absence makes the smallest gap for its age: gaps grow with the way back."""
        steps = self.steps
        places = range(1, len(steps) - 1)
        chosen = min(places, key=lambda place: (steps[place + 1] - steps[place - 1]) / (now - steps[place]))
        del self._kept[chosen], self._sizes[chosen]


def kept_bytes(first: int, later: int, steps: int, memory: int = MEMORY) -> int:
    """Return the bytes of all snapshots of a run of so many steps, when they are most.

    `first`: bytes of the first snapshot, which is taken before the optimizer remembers anything; `later`: of each of
    the others.
    """
    count = min(MOST, 1 + (steps - 1) // INTERVAL)
    within = 1 + (memory - first) // later if later else count
    return first + (max(min(count, 2), min(count, within)) - 1) * later


def _copy(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value.detach().clone() if isinstance(value, torch.Tensor) else value for name, value in state.items()}


__all__ = ["Snapshot", "Snapshots", "kept_bytes"]
