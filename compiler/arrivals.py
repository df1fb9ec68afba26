"""What arrives at the ports of a node: where each wire begins, and the shape of what flows on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from compiler.shapes import BATCH, Shape
from graph_model import Graph, Kind, Node, Wire


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

    @property
    def received(self) -> tuple[tuple[Source, ...], ...]:
        """What makes up each of the shapes; none for an optional port without a wire."""
        if self.stacked or not self.sources:
            return (self.sources,)
        return tuple((source,) for source in self.sources)


class Feeding(Protocol):
    """The part of a step that others see of it."""

    @property
    def node(self) -> Node: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def output_shapes(self) -> tuple[Shape, ...] | None: ...


def arrival_at(graph: Graph, node: Node, kind: Kind, number: int, done: Mapping[str, Feeding]) -> Arrival:
    """Return what arrives at an input port. `done`: node id -> step of all that may feed it."""
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


def result_key(node_id: str, output: int = 0) -> str:
    """The key of what leaves one port of a node: the node's id, for the first one."""
    return node_id if output == 0 else f"{node_id}:{output}"


def sample_size(shape: Shape) -> int:
    """How many numbers a sample of this shape (batch, …) has."""
    return math.prod(int(axis) for axis in shape[1:])


def weight_count(source: Source) -> int:
    """The number of weights on a wire to a neuron: one, or one for each element of a whole vector."""
    if source.is_scalar or source.wire.element is not None or source.shape is None:
        return 1
    return sample_size(source.shape)
