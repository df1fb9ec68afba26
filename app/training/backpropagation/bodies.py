"""What is inside the blocks over time of a drawing, by path: the nodes of a body as they are at one time step.

A path is "cell/sum": the place, then the node inside; "cell/←/sum" where the place reads backwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from app.training.backpropagation.parts import Reading, Unrolled
from graph_model import Graph
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.levels import BACKWARDS

if TYPE_CHECKING:
    from app.training.backpropagation.plan import Layout


@dataclass(frozen=True, eq=False)
class Body:
    """One direction of one place. `place`: its path; `step`: its id in the layout that it is in; `number`: which of its
    directions; `outer`: the body in which it lies, None for the drawing; `start`: what the paths in it begin with."""

    place: str
    step: str
    number: int
    time: int
    outer: Body | None
    reading: Reading
    start: str

    def path(self, identifier: str) -> str:
        """The path of a node or a wire of the body."""
        return self.start + identifier.removeprefix(self.reading.known)


class Bodies:
    """All bodies of a drawing, the outer ones before those in them."""

    def __init__(self, layout: Layout) -> None:
        self.drawing = layout
        self.all: tuple[Body, ...] = tuple(_inside(layout, None))
        self.node_at: dict[str, tuple[Body, str]] = {}
        self.wire_at: dict[str, tuple[Body, str]] = {}
        self.first_of: dict[str, Body] = {}
        for body in self.all:
            self.first_of.setdefault(body.place, body)
        for body in self.all:
            inner = body.reading.layout
            self.node_at.update((body.path(node), (body, node)) for node in inner.program.by_id)
            self.wire_at.update((body.path(wire), (body, wire)) for wire in inner.wires)

    def within(self, place: str) -> list[Body]:
        """The bodies of a place, at any depth."""
        found: list[Body] = []
        for body in self.all:
            if body.place == place or body.outer in found:
                found.append(body)
        return found

    @cached_property
    def first_uses(self) -> dict[str, str]:
        """What the names of weights begin with -> the path of the first node or wire that has them."""
        found: dict[str, str] = {}
        layouts: list[tuple[Layout, Callable[[str], str]]] = [(self.drawing, str)]
        layouts += [(body.reading.layout, body.path) for body in self.all]
        for layout, path in layouts:
            for step in layout.program.steps:
                found.setdefault(step.owner, path(step.node.id))
            for wire in layout.wires:
                found.setdefault(wire, path(wire))
        return found

    @cached_property
    def graph(self) -> Graph:
        """The drawing without its blocks, with the bodies of those over time beside it. Ids are paths."""
        flat = self.drawing.program.graph
        if not self.all:
            return flat
        whole, orders = Graph(flat.name, flat.definitions), itertools.count()
        graphs: list[tuple[Graph, Callable[[str], str]]] = [(flat, str)]
        graphs += [(body.reading.layout.program.graph, body.path) for body in self.all]
        for graph, path in graphs:
            for node in graph.nodes():
                whole.put_node(replace(node, id=path(node.id), order=next(orders)))
            for wire in graph.wires():
                source, target = path(wire.source), path(wire.target)
                whole.put_wire(replace(wire, id=path(wire.id), source=source, target=target, order=next(orders)))
        return whole


def _inside(layout: Layout, outer: Body | None) -> list[Body]:
    found: list[Body] = []
    for part in layout.parts:
        if not isinstance(part, Unrolled):
            continue
        step = part.steps[0].node.id
        place = step if outer is None else outer.path(step)
        for number, reading in enumerate(part.readings):
            way = f"{BACKWARDS}{SEPARATOR}" if reading.backwards else ""
            body = Body(place, step, number, part.time, outer, reading, f"{place}{SEPARATOR}{way}")
            found += [body, *_inside(reading.layout, body)]
    return found
