"""Why a step of a program cannot run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compiler.arrivals import Arrival, Source, sample_size, weight_count
from compiler.shapes import BATCH, Shape, ShapeRefusal, output_shapes
from graph_model import Kind, Node
from graph_model.agreement import batch_objection
from graph_model.objection import CAME, Insertion, Objection
from graph_model.ranks import objection_to

FaultReason = Literal[
    "waiting",
    "crowded",
    "objection",
    "element",
    "weights",
    "tie",
    "sharing",
    "other parameters",
    "time",
    "times",
    "no sequence",
    "delay",
    "inside",
]
"""waiting: what feeds it has no shape; crowded: several tensors meet at a port that takes one; objection: what its kind
says; element, weights and tie: what a wire to a neuron carries; the others: what is wrong with a block."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a step cannot run. `source`: the wire at fault; `objection`: the kind's own words; `sharing_with`: the node
    whose weights it shares."""

    reason: FaultReason
    source: Source | None = None
    objection: Objection | None = None
    sharing_with: Node | None = None


def crowding_fault(kind: Kind, arrivals: tuple[Arrival, ...]) -> Fault | None:
    """Several vectors at a port that takes one, which can only come about through the ports of blocks."""
    for port, arrival in zip(kind.inputs, arrivals, strict=True):
        if not port.variadic and not kind.picks_elements and len(arrival.shapes or ()) > 1:
            return Fault("crowded", arrival.sources[0])
    return None


def shapes_or_fault(node: Node, kind: Kind, shapes: tuple[Shape | None, ...]) -> tuple[Shape, ...] | Fault:
    """Return the shape at each output port, or why there is none. `shapes`: what the module is called with."""
    objection = objection_to(kind, node.parameters, shapes)
    if objection is not None:
        return Fault("objection", objection=objection)
    if kind.gives_scalar:
        return ((BATCH,),)
    if not kind.outputs:
        return ()
    try:
        result = output_shapes(kind, dict(node.parameters), shapes)
    except ShapeRefusal:
        return _REFUSED
    if any(not shape or shape[0] != BATCH for shape in result):
        return Fault("objection", objection=batch_objection({}))
    if any(axis == 0 or not isinstance(axis, int) for shape in result for axis in shape[1:]):
        return _REFUSED
    return result


_REFUSED = Fault("objection", objection=Objection(f"cannot work on {CAME} with its present parameters"))
"""torch refuses what the declaration does not object to."""


def picking_fault(arrival: Arrival, tied: dict[str, int]) -> Fault | None:
    """Check what arrives at a neuron: numbers, elements, or vectors with one weight for each element.

    `tied`: how many weights the wires of each tie carry, as far as they were met.
    """
    for at, source in enumerate(arrival.sources):
        wire = source.wire
        if source.shape is not None:
            # Where a block is repeated, a single number may come where a vector did.
            if wire.element is not None:
                if wire.element >= sample_size(source.shape):
                    return Fault("element", source)
            elif not source.is_scalar and len(source.shape) != 2:
                return Fault("objection", source, _whole_map(at))
            elif isinstance(wire.weight, tuple) and len(wire.weight) != sample_size(source.shape):
                return Fault("weights", source)
        if wire.tie is not None and tied.setdefault(wire.tie, weight_count(source)) != weight_count(source):
            return Fault("tie", source)
    return None


def _whole_map(at: int) -> Objection:
    words = "a neuron takes single numbers or a vector, so put a Flatten before it, or let the wire pick one element"
    return Objection(words, insertion=Insertion(at, "Flatten"), at=at)
