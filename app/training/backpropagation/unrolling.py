"""A block over time as it is unrolled: a walk for each time step, and what its Delays carry from one to the next.

Backwards it goes from the last step read to the first, and the gradient of a weight is the sum over the steps: it is
the same weight at each of them. Source: Hung-yi Lee, Network Structure (backpropagation through time).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch

from app.training.backpropagation.parts import Reading, Unrolled
from app.training.backpropagation.weight_slots import Weights

if TYPE_CHECKING:
    from app.training.backpropagation.plan import Layout
    from app.training.backpropagation.walk import Walk

StartWalk = Callable[["Layout", Sequence[torch.Tensor]], "Walk"]


class Unrolling:
    """`moments`: for each direction the walks of all time steps, in the order of time.

    After `backward`: `slot_gradients` and `layer_gradients` as those of a walk, summed over all time steps, and
    `start_gradients`: for each direction ∂l/∂ of what its Delays hold at first, (numbers, examples) each.
    """

    def __init__(self, part: Unrolled, weights: Weights, inputs: Sequence[torch.Tensor], start_walk: StartWalk) -> None:
        self.part = part
        self.weights = weights
        self.inputs = inputs
        self.examples = inputs[0].shape[0]
        self.starts = [self._first(reading) for reading in part.readings]
        self.moments = [
            self._read(reading, starts, start_walk) for reading, starts in zip(part.readings, self.starts, strict=True)
        ]
        self.slot_gradients = torch.zeros_like(weights.neurons)
        self.layer_gradients: dict[str, torch.Tensor] = {}
        self.start_gradients: list[list[torch.Tensor]] = []

    def answers(self) -> list[torch.Tensor]:
        """Return what leaves each port: (examples, time, …), or (examples, …) where all is read; two directions side
        by side."""
        found: list[list[torch.Tensor]] = [[] for _ in range(self.part.outputs)]
        for reading, moments in zip(self.part.readings, self.moments, strict=True):
            each = [moment.answers()[: self.part.outputs] for moment in moments]
            last = each[self._order(reading)[-1]]
            for number, kept in enumerate(found):
                kept.append(last[number] if self.part.last else torch.stack([one[number] for one in each], dim=1))
        return [torch.cat(sides, dim=-1) for sides in found]

    def backward(self, upstreams: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Go back through all time steps from ∂l/∂ of what leaves each port, and return that of each input."""
        gradients = [torch.zeros_like(one) for one in self.inputs]
        sides = [one.chunk(len(self.part.readings), dim=-1) for one in upstreams]
        for number, reading in enumerate(self.part.readings):
            self._return(reading, self.moments[number], [side[number] for side in sides], gradients)
        return gradients

    def _order(self, reading: Reading) -> list[int]:
        """The time steps in the order of reading."""
        steps = list(range(self.part.time))
        return steps[::-1] if reading.backwards else steps

    def _first(self, reading: Reading) -> list[torch.Tensor]:
        """What each Delay holds at the first time step that is read, (numbers, examples)."""
        delays = reading.layout.entries[len(self.inputs) :]
        return [
            torch.zeros(len(delay.gathered.places), self.examples, dtype=torch.float64)
            if name is None
            else self.weights.layers[name].reshape(-1, 1).expand(-1, self.examples)
            for delay, name in zip(delays, reading.starts, strict=True)
        ]

    def _read(self, reading: Reading, held: Sequence[torch.Tensor], start_walk: StartWalk) -> list[Walk]:
        found: dict[int, Walk] = {}
        for step in self._order(reading):
            now = [
                _flat(one[:, step] if is_sequence else one)
                for one, is_sequence in zip(self.inputs, self.part.sequences, strict=True)
            ]
            found[step] = start_walk(reading.layout, [*now, *held])
            held = [_flat(one) for one in found[step].answers()[self.part.outputs :]]
        return [found[step] for step in range(self.part.time)]

    def _return(
        self,
        reading: Reading,
        moments: Sequence[Walk],
        upstreams: Sequence[torch.Tensor],
        gradients: Sequence[torch.Tensor],
    ) -> None:
        order = self._order(reading)
        ports = reading.layout.entries[: len(self.inputs)]
        delays = reading.layout.entries[len(self.inputs) :]
        # What the last step hands on to none comes back as 0.
        carried = [torch.zeros_like(one) for one in moments[0].answers()[self.part.outputs :]]
        for step in reversed(order):
            walk = moments[step]
            if not self.part.last:
                starts = [one[:, step] for one in upstreams]
            else:
                starts = [one if step == order[-1] else torch.zeros_like(one) for one in upstreams]
            walk.backward([*starts, *carried])
            carried = [
                walk.delta[delay.gathered.places].T.reshape(self.examples, *delay.gathered.shape) for delay in delays
            ]
            for port, gradient, is_sequence in zip(ports, gradients, self.part.sequences, strict=True):
                here = gradient[:, step] if is_sequence else gradient
                here += walk.delta[port.gathered.places].T.reshape(here.shape)
            self.slot_gradients += walk.slot_gradients
            for name, learned in walk.layer_gradients.items():
                self._add(name, learned)
        self.start_gradients.append([_flat(one) for one in carried])
        for learned_name, start in zip(reading.starts, carried, strict=True):
            if learned_name is not None:
                self._add(learned_name, start.sum(dim=0).reshape(self.weights.layers[learned_name].shape))

    def _add(self, name: str, gradient: torch.Tensor) -> None:
        met = self.layer_gradients.get(name)
        self.layer_gradients[name] = gradient if met is None else met + gradient


def _flat(values: torch.Tensor) -> torch.Tensor:
    return values.reshape(values.shape[0], -1).T
