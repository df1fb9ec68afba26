"""In which order a drawing's numbers are computed, and where each of them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from app.training.backpropagation.bodies import Bodies
from app.training.backpropagation.parts import Entry, Gathered, Layer, Part, Unrolled
from app.training.backpropagation.quantities import Stage
from app.training.backpropagation.weight_slots import WeightSlots
from app.training.losses.objective import Objective
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
    objectives: dict[tuple[str, int], Objective] = field(default_factory=dict)
    """By the name of the document's loss and the number of targets, as far as they were asked for."""
    stages: dict[str, tuple[Stage, ...]] = field(default_factory=dict)
    """By the name of the loss, as far as they were asked for."""

    @cached_property
    def bodies(self) -> Bodies:
        """What is inside its blocks over time, by path."""
        return Bodies(self)

    def objective(self, loss: str, targets: int) -> Objective:
        """Return the losses of all Outputs and how they are summed; raises TrainingError for a loss that is not there.

        `loss`: the document's; `targets`: how many there are to compare with.
        """
        key = loss, targets
        if key not in self.objectives:
            self.objectives[key] = Objective(self.program, loss, targets)
        return self.objectives[key]


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
