"""In which order a drawing's numbers are computed, and where each of them is kept.

Every number of a sample has a place in one long vector: an Input's numbers, then each neuron's a, each layer's output.
Neurons of one depth are a column and are computed together, from lists of connections (source's place, neuron, weight),
so that thousands of wires cost no loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

from app.training.backpropagation.quantities import Stage
from app.training.backpropagation.weight_slots import WeightSlots
from app.training.losses import LossFunction, LossKind, loss_function
from app.training.losses.pairing import chosen_loss
from compiler.arrivals import Source, sample_size
from compiler.program import Program, Step
from graph_model import Graph, TrainingError


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


Part = Column | Layer | Maxouts


@dataclass(eq=False)
class Plan:
    """How the numbers of a drawing are computed. It stays as it was made; a drawing that changed needs another."""

    graph: Graph
    revision: int
    seed: int
    program: Program
    places: dict[str, slice]
    shapes: dict[str, tuple[int, ...]]
    size: int
    entries: tuple[Entry, ...]
    parts: tuple[Part, ...]
    part_of: dict[str, Part]
    output: Step
    answer: Gathered
    slots: WeightSlots
    received: dict[str, tuple[Gathered, ...]]
    """Layer or Output id -> its inputs."""
    wires: dict[str, Source]
    outgoing: dict[str, list[Source]]
    """Node id -> what leaves it: the sources of other nodes that are it, in the order of connecting."""
    losses: dict[str, LossFunction] = field(default_factory=dict)
    stages: dict[str, tuple[Stage, ...]] = field(default_factory=dict)
    """By the name of the loss, as far as they were asked for."""

    def reach(self, source: Source) -> tuple[int, int]:
        """Return the first place of what a wire carries, and how many there are."""
        return reach(self.places, self.program, source)

    def loss_kind(self, name: str) -> LossKind:
        """Return the loss: the Output's own, or that of this name, the document's.

        Raises TrainingError for one that is not there or that does not compare with a class.
        """
        kind = chosen_loss(self.output.node, name)
        if "classes" not in kind.targets:
            raise TrainingError(
                f"The way back is shown for a loss that compares with a class, and {kind.name} does not: choose "
                "another one, such as cross_entropy, to see it."
            )
        return kind

    def loss(self, name: str) -> LossFunction:
        """Return what computes that loss for this drawing, as losses.loss_function does."""
        if name not in self.losses:
            self.losses[name] = loss_function(self.loss_kind(name).name, self.program)
        return self.losses[name]


def reach(places: dict[str, slice], program: Program, source: Source) -> tuple[int, int]:
    """Return the first place of what a wire carries, and how many there are; `places`: by node id."""
    start = places[source.node.id].start + sizes_before(program.by_id[source.node.id], source.output)
    if source.is_scalar:
        return start, 1
    if source.wire.element is not None:
        return start + source.wire.element, 1
    return start, sample_size(source.shape or ())


def sizes_before(step: Step, output: int) -> int:
    """How many numbers of a sample leave the ports before this one."""
    return sum(sample_size(shape) for shape in (step.output_shapes or ())[:output])


def input_ports(step: Step) -> tuple[str, ...]:
    """The name of the port at which each input of a layer arrives."""
    counts = (1 if arrival.stacked else len(arrival.sources) for arrival in step.arrivals)
    return tuple(port.name for port, count in zip(step.kind.inputs, counts, strict=True) for _ in range(count))
