"""In which order a drawing's numbers are computed, and where each of them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from app.training.backpropagation.bodies import Bodies
from app.training.backpropagation.parts import Entry, Gathered, Layer, Part, Unrolled
from app.training.backpropagation.quantities import Stage
from app.training.backpropagation.weight_slots import WeightSlots
from app.training.losses import LossFunction, LossKind, loss_function
from app.training.losses.pairing import chosen_loss
from compiler.arrivals import Source, sample_size
from compiler.program import Program, Step
from graph_model import Graph


@dataclass(frozen=True)
class End:
    """An Output, and what arrives there."""

    step: Step
    gathered: Gathered


@dataclass(eq=False, kw_only=True)
class Layout:
    """How the numbers of one program are computed: the drawing's, or that of a block at one time step."""

    program: Program
    places: dict[str, slice]
    shapes: dict[str, tuple[int, ...]]
    size: int
    entries: tuple[Entry, ...]
    parts: tuple[Part, ...]
    part_of: dict[str, Part]
    ends: tuple[End, ...]
    slots: WeightSlots
    received: dict[str, tuple[Gathered, ...]]
    """Layer or Output id -> its inputs."""
    wires: dict[str, Source]
    outgoing: dict[str, list[Source]]
    """Node id -> what leaves it: the sources of other nodes that are it, in the order of connecting."""

    def reach(self, source: Source) -> tuple[int, int]:
        """Return the first place of what a wire carries, and how many there are."""
        return reach(self.places, self.program, source)

    def learning_parts(self) -> Iterator[Layer | Unrolled]:
        """Yield what may learn beside neurons, at any depth."""
        for part in self.parts:
            if isinstance(part, (Layer, Unrolled)):
                yield part
            if isinstance(part, Unrolled):
                for reading in part.readings:
                    yield from reading.layout.learning_parts()


@dataclass(eq=False, kw_only=True)
class Plan(Layout):
    """How the numbers of a drawing are computed. It stays as it was made; a drawing that changed needs another."""

    graph: Graph
    revision: int
    seed: int
    losses: dict[str, LossFunction] = field(default_factory=dict)
    stages: dict[str, tuple[Stage, ...]] = field(default_factory=dict)
    """By the name of the loss, as far as they were asked for."""

    @property
    def output(self) -> Step:
        """The one Output."""
        return self.ends[0].step

    @property
    def answer(self) -> Gathered:
        """What arrives there."""
        return self.ends[0].gathered

    @cached_property
    def bodies(self) -> Bodies:
        """What is inside its blocks over time, by path."""
        return Bodies(self)

    def loss_kind(self, name: str) -> LossKind:
        """Return the loss: the Output's own, or that of this name, the document's; raises TrainingError for one that
        is not there."""
        return chosen_loss(self.output.node, name)

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
