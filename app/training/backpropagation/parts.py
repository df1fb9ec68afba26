"""What is computed together, in one go: a column of neurons, maxout groups, a layer, a block over time.

Every number of a sample has a place in one long vector: an Input's numbers, then each neuron's a, each layer's output.
Neurons of one depth are a column and are computed together, from lists of connections (source's place, neuron, weight),
so that thousands of wires cost no loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from compiler.program import Step

if TYPE_CHECKING:
    from app.training.backpropagation.plan import Layout


@dataclass(frozen=True)
class Gathered:
    """What one input of a layer consists of: the places of its numbers, and their shape for one sample."""

    places: torch.Tensor
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """One input of the module: an Input, or all scalar inputs together.

    `name`: as a sentence names it. `limit`: what its numbers must stay below, where an embedding looks them up.
    """

    name: str
    gathered: Gathered
    limit: int | None = None


@dataclass(frozen=True)
class Column:
    """Neurons of one depth. `sources`, `targets`, `slots`: one entry for each connection: the place of x, the neuron's
    number in the column, the weight's slot. `activations`: name -> numbers of the neurons that have it.
    `learned_slopes`: the slots of what PReLU neurons learn, in the order of these. `where`: wire id -> its
    connections.
    """

    title: str
    steps: tuple[Step, ...]
    places: torch.Tensor
    sources: torch.Tensor
    targets: torch.Tensor
    slots: torch.Tensor
    bias_slots: torch.Tensor
    activations: dict[str, torch.Tensor]
    learned_slopes: torch.Tensor
    where: dict[str, slice]


@dataclass(frozen=True)
class Layer:
    """One layer: its module in float64, its own activation, and what arrives."""

    title: str
    steps: tuple[Step, ...]
    place: slice
    shape: tuple[int, ...]
    inputs: tuple[Gathered, ...]
    module: nn.Module | None
    activation: nn.Module | None

    def arguments(self, inputs: Sequence[torch.Tensor]) -> list[torch.Tensor | None]:
        """What the module is called with: what arrives, and None at each optional port without a wire."""
        step = self.steps[0]
        waiting = iter(inputs)
        if step.kind.follows_batch:
            return list(waiting)
        found: list[torch.Tensor | None] = []
        for arrival in step.arrivals:
            count = 1 if arrival.stacked else len(arrival.sources)
            found += [next(waiting) for _ in range(count)] or [None]
        return found

    @property
    def learned(self) -> list[str]:
        """The names in Document.weights of what it learns."""
        owner = self.steps[0].owner
        found = [] if self.module is None else [f"{owner}.{name}" for name, _ in self.module.named_parameters()]
        if self.activation is not None:
            found += [f"{owner}.activation.{name}" for name, _ in self.activation.named_parameters()]
        return found


@dataclass(frozen=True)
class Maxouts:
    """Maxout groups that depend on none of each other. `sources`: for each group the places of what arrives."""

    title: str
    steps: tuple[Step, ...]
    places: tuple[int, ...]
    sources: tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class Reading:
    """A block over time in one direction. `layout`: its body, whose Inputs are the block's ports and then its Delays.

    `known`: what the ids in its body begin with. `starts`: for each Delay the name of the weight that it holds at
    first, None where that is 0.
    """

    layout: Layout
    backwards: bool
    known: str
    starts: tuple[str | None, ...]


@dataclass(frozen=True)
class Unrolled:
    """A block that is applied at each time step. `sequences`: for each input whether it has one value for each step.

    `outputs`: how many answers it has; `last`: they are given only where all is read. `answers`: their shapes.
    """

    title: str
    steps: tuple[Step, ...]
    place: slice
    inputs: tuple[Gathered, ...]
    sequences: tuple[bool, ...]
    time: int
    outputs: int
    last: bool
    answers: tuple[tuple[int, ...], ...]
    readings: tuple[Reading, ...]

    @property
    def learned(self) -> list[str]:
        """The names in Document.weights of what it learns beside its body: what its Delays hold at first."""
        return [name for reading in self.readings for name in reading.starts if name is not None]


Part = Column | Layer | Maxouts | Unrolled
