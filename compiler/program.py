"""The one walk through a drawing: its nodes in the order in which they run, with what arrives at each port.

Shapes, the torch module, PyTorch source and ONNX all visit these steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from compiler.shapes import BATCH, Shape, ShapeRefusal, output_shapes
from graph_model import Graph, Kind, Node, Wire

FaultReason = Literal["waiting", "rank", "differs", "element", "weights", "vector", "batch", "refused"]


@dataclass(frozen=True)
class Source:
    """One wire's beginning: the node, its output port, the wire, and the shape of what flows on it."""

    node: Node
    output: int
    wire: Wire
    shape: Shape | None
    is_scalar: bool
    """It comes from a neuron: one number for each sample, shape (batch,)."""


@dataclass(frozen=True)
class Arrival:
    """What arrives at one input port.

    `stacked`: the sources are neurons, stacked to one vector (batch, n). Otherwise each source is an input of its
    own (a neuron's is then taken as (batch, 1)). `shapes`: the shapes that the port receives after that.
    """

    sources: tuple[Source, ...]
    stacked: bool
    shapes: tuple[Shape, ...] | None


@dataclass(frozen=True)
class Fault:
    """Why a step cannot run. `torch_says` is for recognising the case, never shown."""

    reason: FaultReason
    source: Source | None = None
    torch_says: str = ""


@dataclass(frozen=True)
class Step:
    """One node in the order of running."""

    node: Node
    kind: Kind
    arrivals: tuple[Arrival, ...]
    output_shapes: tuple[Shape, ...] | None
    fault: Fault | None = None

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """The shapes of all inputs, port after port; only for a step without fault."""
        return tuple(shape for arrival in self.arrivals for shape in arrival.shapes or ())

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that arrives, port after port."""
        return tuple(source for arrival in self.arrivals for source in arrival.sources)


@dataclass(frozen=True)
class Program:
    """All steps in order, and by node id; the Input and Output steps in the order of adding."""

    graph: Graph
    steps: tuple[Step, ...]
    by_id: dict[str, Step] = field(default_factory=dict)

    @property
    def inputs(self) -> list[Step]:
        """The Input steps, in the order in which the module takes them."""
        return sorted((step for step in self.steps if step.node.kind == "Input"), key=_order)

    @property
    def outputs(self) -> list[Step]:
        """The Output steps, in the order in which the module returns them."""
        return sorted((step for step in self.steps if step.node.kind == "Output"), key=_order)


def lower(graph: Graph) -> Program:
    """Return the program of a drawing. Never raises for a drawing with problems: their steps carry a fault."""
    by_id: dict[str, Step] = {}
    for node in graph.topological_order():
        kind = graph.kind_of(node)
        arrivals = tuple(_arrival(graph, node, kind, number, by_id) for number in range(len(kind.inputs)))
        by_id[node.id] = _step(node, kind, arrivals)
    return Program(graph, tuple(by_id.values()), by_id)


def _order(step: Step) -> int:
    return step.node.order


def _arrival(graph: Graph, node: Node, kind: Kind, number: int, done: dict[str, Step]) -> Arrival:
    sources = []
    for wire in graph.incoming(node, number):
        feeding = done[wire.source]
        shapes = feeding.output_shapes
        shape = shapes[wire.output] if shapes is not None else None
        sources.append(Source(feeding.node, wire.output, wire, shape, feeding.kind.gives_scalar))
    found = tuple(sources)
    if not found or any(source.shape is None for source in found):
        return Arrival(found, False, None)
    if kind.weighs_wires:
        return Arrival(found, False, tuple(source.shape for source in found if source.shape is not None))
    if not kind.inputs[number].variadic and found[0].is_scalar:
        return Arrival(found, True, ((BATCH, len(found)),))
    known: list[Shape | None] = [(BATCH, 1) if source.is_scalar else source.shape for source in found]
    return Arrival(found, False, tuple(shape for shape in known if shape is not None))


def _step(node: Node, kind: Kind, arrivals: tuple[Arrival, ...]) -> Step:
    if not kind.inputs:
        shape = (BATCH, *node.parameters["shape"])
        return Step(node, kind, arrivals, (shape,))
    if any(arrival.shapes is None for arrival in arrivals):
        return Step(node, kind, arrivals, None, Fault("waiting"))
    fault = _weighing_fault(arrivals[0]) if kind.weighs_wires else _needs_fault(node, kind, arrivals)
    if fault is not None:
        return Step(node, kind, arrivals, None, fault)
    if kind.gives_scalar:
        return Step(node, kind, arrivals, ((BATCH,),))
    shapes = tuple(shape for arrival in arrivals for shape in arrival.shapes or ())
    if not kind.outputs:
        return Step(node, kind, arrivals, ())
    try:
        result = output_shapes(kind, dict(node.parameters), shapes)
    except ShapeRefusal as refusal:
        return Step(node, kind, arrivals, None, Fault("refused", torch_says=str(refusal)))
    if any(not shape or shape[0] != BATCH for shape in result):
        return Step(node, kind, arrivals, None, Fault("batch"))
    if any(axis == 0 or not isinstance(axis, int) for shape in result for axis in shape[1:]):
        return Step(node, kind, arrivals, None, Fault("refused", torch_says="Output size is too small"))
    return Step(node, kind, arrivals, result)


def _needs_fault(node: Node, kind: Kind, arrivals: tuple[Arrival, ...]) -> Fault | None:
    for arrival in arrivals:
        shapes = arrival.shapes or ()
        for source, shape in zip(arrival.sources, shapes, strict=False):
            if kind.needs.ranks and len(shape) not in kind.needs.ranks:
                return Fault("rank", source)
        if kind.needs.same_shape and len(set(shapes)) > 1:
            index = next(index for index, shape in enumerate(shapes) if shape != shapes[0])
            return Fault("differs", arrival.sources[index])
        if kind.needs.axis and shapes:
            axis, rank = node.parameters[kind.needs.axis], len(shapes[0])
            if not -rank <= axis < rank:
                return Fault("refused", arrival.sources[0], "dimension out of range")
            if axis % rank == 0:
                return Fault("batch", arrival.sources[0])
    return None


def _weighing_fault(arrival: Arrival) -> Fault | None:
    """Check what arrives at a neuron: numbers, or vectors with an element or one weight for each element."""
    for source in arrival.sources:
        if source.is_scalar or source.shape is None:
            continue
        if len(source.shape) != 2:
            return Fault("vector", source)
        size = int(source.shape[1])
        if source.wire.element is not None and source.wire.element >= size:
            return Fault("element", source)
        if isinstance(source.wire.weight, tuple) and len(source.wire.weight) != size:
            return Fault("weights", source)
    return None


def weight_count(source: Source) -> int:
    """The number of weights on a wire to a neuron: one, or one for each element of a whole vector."""
    if source.is_scalar or source.wire.element is not None or source.shape is None:
        return 1
    return int(source.shape[1])
