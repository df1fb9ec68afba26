"""The one walk through a drawing: its nodes in the order in which they run, with what arrives at each port.

Shapes, the torch module, PyTorch source and ONNX all visit these steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from compiler.shapes import BATCH, Shape, ShapeRefusal, output_shapes
from graph_model import Graph, Kind, Node, Wire
from graph_model.blocks.flattening import Flat, flatten
from graph_model.blocks.kind import BlockKind
from graph_model.kind import Objection
from graph_model.values import free_name

FaultReason = Literal[
    "waiting",
    "rank",
    "differs",
    "element",
    "weights",
    "tie",
    "vector",
    "batch",
    "crowded",
    "sharing",
    "other parameters",
    "time",
    "times",
    "no sequence",
    "delay",
    "inside",
    "refused",
    "objection",
    "width",
]
SCALAR_INPUTS = "features"
"""What the one input is called that all scalar inputs of a drawing take together."""


@dataclass(frozen=True, slots=True)
class Source:
    """One wire's beginning: the node, its output port, the wire, and the shape of what flows on it."""

    node: Node
    output: int
    wire: Wire
    shape: Shape | None
    is_scalar: bool
    """It is one number for each sample, shape (batch,), such as a neuron gives."""

    @property
    def key(self) -> str:
        """The key of what flows on the wire; see `result_key`."""
        return result_key(self.node.id, self.output)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrives at one input port.

    `stacked`: the sources are neurons, stacked to one vector (batch, n). Otherwise each source is an input of its
    own (a neuron's is then taken as (batch, 1)). `shapes`: the shapes that the port receives after that.
    """

    sources: tuple[Source, ...]
    stacked: bool
    shapes: tuple[Shape, ...] | None
    indices: bool = False
    """The port takes whole numbers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a step cannot run. `torch_says` is for recognising the case, never shown."""

    reason: FaultReason
    source: Source | None = None
    torch_says: str = ""
    objection: Objection | None = None
    sharing_with: Node | None = None
    """The node whose weights it shares."""


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


def lower(graph: Graph, drawn_as: str = "", known: Program | None = None) -> Program:
    """Return the program of a drawing. Never raises for a drawing with problems: their steps carry a fault.

    `drawn_as`: the definition whose body the drawing is a copy of, "" for none. `known`: a former program of the same
    drawing; its steps are taken over where neither a node nor what arrives there has changed, so that an edit costs
    what it affects.
    """
    from compiler.over_time import over_time_step
    from compiler.relowering import Reusing
    from compiler.sharing import with_sharing_fault

    flat = replace(flatten(graph), drawn_as=drawn_as)
    by_id: dict[str, Step] = {}
    tied: dict[str, int] = {}
    shared: dict[str, Step] = {}
    reusing = Reusing(flat, known)
    for node in flat.graph.topological_order():
        old = reusing.still_holds(node, by_id)
        if old is not None:
            by_id[node.id] = old
            continue
        kind = flat.graph.declaration(node)
        arrivals = tuple(_arrival(flat.graph, node, kind, number, by_id) for number in range(len(kind.inputs)))
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


def _arrival(graph: Graph, node: Node, kind: Kind, number: int, done: dict[str, Step]) -> Arrival:
    sources = []
    port = kind.inputs[number]
    for wire in graph.incoming(node.id, number if len(kind.inputs) > 1 else None):
        feeding = done[wire.source]
        shapes = feeding.output_shapes
        shape = shapes[wire.output] if shapes is not None else None
        sources.append(Source(feeding.node, wire.output, wire, shape, feeding.kind.gives_scalar))
    found = tuple(sources)
    if not found and port.optional:
        return Arrival((), False, ())
    if not found or any(source.shape is None for source in found):
        return Arrival(found, False, None)
    if kind.picks_elements:
        return Arrival(found, False, tuple(source.shape for source in found if source.shape is not None))
    if not port.variadic and found[0].is_scalar:
        return Arrival(found, True, ((BATCH, len(found)),), port.indices)
    known: list[Shape | None] = [(BATCH, 1) if source.is_scalar else source.shape for source in found]
    return Arrival(found, False, tuple(shape for shape in known if shape is not None), port.indices)


def _step(node: Node, kind: Kind, arrivals: tuple[Arrival, ...], depth: int, tied: dict[str, int]) -> Step:
    if kind.brings_data:
        shape: Shape = (BATCH,) if kind.gives_scalar else (BATCH, *node.parameters["shape"])
        return Step(node, kind, arrivals, (shape,), depth=depth)
    if any(arrival.shapes is None for arrival in arrivals):
        return Step(node, kind, arrivals, None, Fault("waiting"), depth)
    fault = _picking_fault(arrivals[0], tied) if kind.picks_elements else _needs_fault(node, kind, arrivals)
    if fault is not None:
        return Step(node, kind, arrivals, None, fault, depth)
    if kind.gives_scalar:
        return Step(node, kind, arrivals, ((BATCH,),), depth=depth)
    if not kind.outputs:
        return Step(node, kind, arrivals, (), depth=depth)
    shapes = Step(node, kind, arrivals, None).call_shapes
    objection = kind.objection(node.parameters, shapes)
    if objection is not None:
        return Step(node, kind, arrivals, None, Fault("objection", objection=objection), depth)
    result = _output_shapes(node, kind, shapes)
    return Step(
        node,
        kind,
        arrivals,
        None if isinstance(result, Fault) else result,
        result if isinstance(result, Fault) else None,
        depth,
    )


def _output_shapes(node: Node, kind: Kind, shapes: tuple[Shape | None, ...]) -> tuple[Shape, ...] | Fault:
    try:
        result = output_shapes(kind, dict(node.parameters), shapes)
    except ShapeRefusal as refusal:
        return Fault("refused", torch_says=str(refusal))
    if any(not shape or shape[0] != BATCH for shape in result):
        return Fault("batch")
    if any(axis == 0 or not isinstance(axis, int) for shape in result for axis in shape[1:]):
        return Fault("refused", torch_says="Output size is too small")
    return result


def _needs_fault(node: Node, kind: Kind, arrivals: tuple[Arrival, ...]) -> Fault | None:
    if any(node.parameters[low] > node.parameters[high] for low, high in kind.needs.ordered):
        return Fault("refused")
    given = [
        (source, shape)
        for arrival in arrivals
        for source, shape in zip(arrival.sources, arrival.shapes or (), strict=False)
    ]
    widths = kind.widths(node.parameters)
    for port, arrival in enumerate(arrivals):
        if len(arrival.shapes or ()) > 1 and not kind.inputs[port].variadic:
            return Fault("crowded", arrival.sources[0])
        ranks, width = kind.needs_at(port).ranks, widths.get(kind.inputs[port].name)
        for source, shape in zip(arrival.sources, arrival.shapes or (), strict=False):
            if ranks and len(shape) not in ranks:
                return Fault("rank", source)
            if width is not None and shape[-1] != width:
                return Fault("width", source)
    if kind.needs.same_shape:
        for source, shape in given:
            if shape != given[0][1]:
                return Fault("differs", source)
    if kind.needs.groups and given and not divides(given[0][1], node.parameters[kind.needs.groups]):
        return Fault("refused", given[0][0])
    for arrival in arrivals:
        shapes = arrival.shapes or ()
        if kind.needs.axis and shapes:
            axis, rank = node.parameters[kind.needs.axis], len(shapes[0])
            if not -rank <= axis < rank:
                return Fault("refused", arrival.sources[0], "dimension out of range")
            if axis % rank == 0:
                return Fault("batch", arrival.sources[0])
    return None


def _picking_fault(arrival: Arrival, tied: dict[str, int]) -> Fault | None:
    """Check what arrives at a neuron: numbers, elements, or vectors with one weight for each element.

    `tied`: how many weights the wires of each tie carry, as far as they were met.
    """
    for source in arrival.sources:
        wire = source.wire
        if not source.is_scalar and source.shape is not None:
            if wire.element is not None:
                if wire.element >= sample_size(source.shape):
                    return Fault("element", source)
            elif len(source.shape) != 2:
                return Fault("vector", source)
            elif isinstance(wire.weight, tuple) and len(wire.weight) != sample_size(source.shape):
                return Fault("weights", source)
        if wire.tie is not None and tied.setdefault(wire.tie, weight_count(source)) != weight_count(source):
            return Fault("tie", source)
    return None


def result_key(node_id: str, output: int = 0) -> str:
    """The key of what leaves one port of a node: the node's id, for the first one."""
    return node_id if output == 0 else f"{node_id}:{output}"


def divides(shape: Shape, groups: int) -> bool:
    """Whether the channels of a shape (batch, channels, …) can be divided into groups of more than one number each."""
    return int(shape[1]) % groups == 0 and sample_size(shape) > groups


def sample_size(shape: Shape) -> int:
    """How many numbers a sample of this shape (batch, …) has."""
    return math.prod(int(axis) for axis in shape[1:])


def weight_count(source: Source) -> int:
    """The number of weights on a wire to a neuron: one, or one for each element of a whole vector."""
    if source.is_scalar or source.wire.element is not None or source.shape is None:
        return 1
    return sample_size(source.shape)
