"""The one walk through a drawing: its nodes in the order in which they run, with what arrives at each port.

Shapes, the torch module, PyTorch source and ONNX all visit these steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from compiler.arrivals import Arrival, Source, arrival_at, result_key
from compiler.faults import Fault, crowding_fault, picking_fault, shapes_or_fault
from compiler.shapes import BATCH, Shape
from graph_model import Graph, Kind, Node, Wire
from graph_model.blocks.flattening import Flat, flatten
from graph_model.blocks.kind import BlockKind
from graph_model.values import free_name

if TYPE_CHECKING:
    from compiler.dynamic_axes import Lengths

SCALAR_INPUTS = "features"
"""What the one input is called that all scalar inputs of a drawing take together."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node in the order of running. `depth`: the longest way from where data enters, counted in nodes."""

    node: Node
    kind: Kind
    arrivals: tuple[Arrival, ...]
    output_shapes: tuple[Shape, ...] | None
    fault: Fault | None = None
    depth: int = 0
    owner: str = ""
    """The id under which its weights are kept: steps of one owner share them."""
    over_time: OverTime | None = None
    """For a block that is applied over time: what runs at each time step."""

    def __post_init__(self) -> None:
        if not self.owner:
            object.__setattr__(self, "owner", self.node.id)

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """The shapes of all inputs, port after port; only for a step without fault."""
        return tuple(shape for arrival in self.arrivals for shape in arrival.shapes or ())

    @property
    def call_shapes(self) -> tuple[Shape | None, ...]:
        """The shapes of what the module is called with; None for an optional port that nothing is wired to."""
        return tuple(shape for arrival in self.arrivals for shape in (arrival.shapes or (None,)))

    @property
    def received(self) -> tuple[tuple[Source, ...], ...]:
        """What makes up each of `call_shapes`: one source, or several neurons."""
        return tuple(sources for arrival in self.arrivals for sources in arrival.received)

    @property
    def results(self) -> tuple[str, ...]:
        """The key of what leaves each output port."""
        return tuple(result_key(self.node.id, number) for number in range(len(self.kind.outputs)))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that arrives, port after port."""
        return tuple(source for arrival in self.arrivals for source in arrival.sources)


@dataclass(frozen=True)
class ModuleInput:
    """One tensor that the compiled network takes, (batch, *shape): an Input's, or that of all scalar inputs together.

    `name`: what it is called outside the drawing, e.g. in ONNX. `steps`: the nodes that it feeds, in its order.
    """

    name: str
    shape: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def is_of_scalars(self) -> bool:
        """Whether it consists of scalar inputs."""
        return self.steps[0].kind.gives_scalar


@dataclass(frozen=True)
class OverTime:
    """A block that is applied to each time step. `programs`: what runs at each, once for each direction: its inputs are
    the block's ports and then what its Delays give, its outputs those of the block and then what arrives at the Delays.

    `directions`: "forward", "backward". `sequences`: for each port whether it takes one time step after the other.
    `delays`: the Delays; the first steps' `inputs` of a program after the ports. `outputs`: how many the block has.
    `last`: only the answer where all is read is given.
    """

    programs: tuple[Program, ...]
    directions: tuple[str, ...]
    sequences: tuple[bool, ...]
    delays: tuple[Node, ...]
    outputs: int
    last: bool

    @property
    def held(self) -> list[Step]:
        """What the Delays give, as inputs of the first program."""
        return [given.steps[0] for given in self.programs[0].inputs[len(self.sequences) :]]

    @property
    def delay_shapes(self) -> list[list[int]]:
        """What each Delay holds of a sample."""
        return [list(step.node.parameters["shape"]) for step in self.held]

    @property
    def learned(self) -> list[bool]:
        """Whether what each Delay holds at first is learned."""
        return [delay.parameters["initial"] == "learned" for delay in self.delays]


@dataclass(frozen=True)
class Program:
    """All steps in order, and by node id; the Input and Output steps in the order of adding.

    `drawing`: as it was drawn; `flat`: without its blocks.
    """

    drawing: Graph
    flat: Flat
    steps: tuple[Step, ...]
    by_id: dict[str, Step] = field(default_factory=dict)
    arriving: dict[str, tuple[Wire, ...]] = field(default_factory=dict)
    """Node id -> the wires that arrived there, to see later whether they still do."""

    @property
    def graph(self) -> Graph:
        """The drawing without its blocks."""
        return self.flat.graph

    @cached_property
    def lengths(self) -> Lengths:
        """At which lengths of its dynamic axes it works."""
        from compiler.dynamic_axes import lengths_of

        return lengths_of(self)

    @property
    def inputs(self) -> list[ModuleInput]:
        """What the module takes: in the order of adding, the scalar inputs where the first of them stands."""
        given: list[ModuleInput] = []
        steps = sorted((step for step in self.steps if step.kind.brings_data), key=_order)
        scalars = tuple(step for step in steps if step.kind.gives_scalar)
        for step in steps:
            if not step.kind.gives_scalar:
                given.append(ModuleInput(step.node.name, tuple(step.node.parameters["shape"]), (step,)))
            elif step is scalars[0]:
                given.append(ModuleInput(free_name(SCALAR_INPUTS, self.graph.names()), (len(scalars),), scalars))
        return given

    @property
    def outputs(self) -> list[Step]:
        """The Output steps, in the order in which the module returns them."""
        return sorted((step for step in self.steps if step.node.kind == "Output"), key=_order)


def lower(
    graph: Graph, drawn_as: str = "", known: Program | None = None, given: Mapping[str, tuple[int, ...]] | None = None
) -> Program:
    """Return the program of a drawing. Never raises for a drawing with problems: their steps carry a fault.

    `drawn_as`: the definition whose body the drawing is a copy of, "" for none. `known`: a former program of the same
    drawing; its steps are taken over where neither a node nor what arrives there has changed, so that an edit costs
    what it affects. `given`: id of an Input -> the shape of a sample that it gets, where that is not the drawn one.
    """
    from compiler.over_time import over_time_step
    from compiler.relowering import Reusing
    from compiler.sharing import with_sharing_fault

    flat = replace(flatten(graph), drawn_as=drawn_as)
    by_id: dict[str, Step] = {}
    tied: dict[str, int] = {}
    shared: dict[str, Step] = {}
    reusing = Reusing(flat, known)
    for drawn in flat.graph.topological_order():
        node = drawn if not given or drawn.id not in given else _with_shape(drawn, given[drawn.id])
        old = reusing.still_holds(node, by_id)
        if old is not None:
            by_id[node.id] = old
            continue
        kind = flat.graph.declaration(node)
        arrivals = tuple(arrival_at(flat.graph, node, kind, number, by_id) for number in range(len(kind.inputs)))
        depths = [by_id[source.node.id].depth + 1 for arrival in arrivals for source in arrival.sources]
        # What has no weights shares nothing, and may differ in each place by its parameters and by what it receives.
        owner = flat.owner(node.id) if kind.learnable or isinstance(kind, BlockKind) else node.id
        depth = max(depths, default=0)
        if isinstance(kind, BlockKind):
            step = over_time_step(flat.graph, Step(node, kind, arrivals, None, depth=depth, owner=owner))
        else:
            step = replace(_step(node, kind, arrivals, depth, tied), owner=owner)
        by_id[node.id] = with_sharing_fault(step, shared.setdefault(owner, step))
    return Program(graph, flat, tuple(by_id.values()), by_id, reusing.arriving)


def _order(step: Step) -> int:
    return step.node.order


def _with_shape(node: Node, shape: tuple[int, ...]) -> Node:
    return replace(node, parameters={**node.parameters, "shape": list(shape)})


def _step(node: Node, kind: Kind, arrivals: tuple[Arrival, ...], depth: int, tied: dict[str, int]) -> Step:
    step = Step(node, kind, arrivals, None, depth=depth)
    if kind.brings_data:
        objection = kind.objection(node.parameters, ())
        if objection is not None:
            return replace(step, fault=Fault("objection", objection=objection))
        shape: Shape = (BATCH,) if kind.gives_scalar else (BATCH, *node.parameters["shape"])
        return replace(step, output_shapes=(shape,))
    if any(arrival.shapes is None for arrival in arrivals):
        return replace(step, fault=Fault("waiting"))
    fault = picking_fault(arrivals[0], tied) if kind.picks_elements else crowding_fault(kind, arrivals)
    result = fault or shapes_or_fault(node, kind, step.call_shapes)
    return replace(step, fault=result) if isinstance(result, Fault) else replace(step, output_shapes=result)
