"""What the live check found, as it is seen from the level that is open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from app.session.checking import LiveCheck
from app.session.open_level import OpenLevel
from graph_model import Problem
from graph_model.blocks.flattening import SEPARATOR, is_applied_over_time
from graph_model.blocks.kind import block_ports
from graph_model.blocks.levels import Level, level

Shapes = dict[tuple[str, int], tuple[Any, ...]]


class Seen:
    """Shapes, parameter counts and problems in the ids of the open graph, each found when it is first asked for."""

    def __init__(self, check: LiveCheck, opened: OpenLevel) -> None:
        self._check, self._opened, self._serial = check, opened, check.serial

    def holds_for(self, check: LiveCheck, opened: OpenLevel) -> bool:
        """Whether nothing was checked or opened since."""
        return check.serial == self._serial and opened is self._opened

    @cached_property
    def shapes(self) -> Shapes:
        """(node id, output port) -> shape."""
        return shapes_seen(self._check, self._opened)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Node id -> number of learned numbers."""
        return counts_seen(self._check, self._opened)

    @cached_property
    def problems(self) -> list[Problem]:
        """What is wrong in the open graph."""
        return problems_seen(self._check, self._opened)


def shapes_seen(check: LiveCheck, opened: OpenLevel) -> Shapes:
    """(id in the open graph, output port) -> shape."""
    root = opened.document.graph
    seen = check.shapes
    outer = Level(root)
    for depth, place in enumerate(opened.places, 1):
        inner = level(root, opened.places[:depth])
        seen = _shapes_inside(check.shapes, seen, outer, place, inner)
        outer = inner
    return seen


def _shapes_inside(everything: Shapes, outside: Shapes, outer: Level, place: str, inner: Level) -> Shapes:
    """The shapes in a body; its ports have those of the wires beyond them."""
    found: Shapes = {}
    for start in {inner.path, inner.owner}:
        for (path, port), shape in everything.items():
            identifier = path.removeprefix(start)
            if path.startswith(start) and SEPARATOR not in identifier:
                found[identifier, port] = shape
    over_time = is_applied_over_time(outer.graph, outer.graph.node(place))
    inputs, outputs = block_ports(inner.graph)
    for number, node in enumerate(inputs):
        arriving = outer.graph.incoming(place, number)
        shape = outside.get((arriving[0].source, arriving[0].output)) if len(arriving) == 1 else None
        if shape is not None:
            steps = over_time and node.parameters["over_time"]
            found.setdefault((node.id, 0), (shape[0], *shape[2:]) if steps else shape)
    for node in outputs:
        arriving = inner.graph.incoming(node)
        shape = found.get((arriving[0].source, arriving[0].output)) if len(arriving) == 1 else None
        if shape is not None:
            found.setdefault((node.id, 0), shape)
    return found


def counts_seen(check: LiveCheck, opened: OpenLevel) -> Mapping[str, int]:
    """Id in the open graph -> number of learned numbers; a place has those of all that is in it."""
    if not opened.places and not opened.graph.places():
        return check.parameter_counts
    within = [start for start in check.counts_within if opened.path.startswith(start) or opened.owner.startswith(start)]
    known = check.counts_within[max(within, key=len)] if within else check.parameter_counts
    starts = {opened.path, opened.owner}
    found: dict[str, int] = {}
    for path, count in known.items():
        start = next((start for start in starts if path.startswith(start)), None)
        identifier = path.removeprefix(start or "").partition(SEPARATOR)[0]
        if start is not None and opened.graph.has_node(identifier):
            found[identifier] = found.get(identifier, 0) + count
    return found


def problems_seen(check: LiveCheck, opened: OpenLevel) -> list[Problem]:
    """The problems of the open graph, each at its node or at the place in which it lies."""
    if not opened.places and not opened.graph.places():
        return check.problems
    found = []
    for problem in check.problems:
        identifier = None if problem.node_id is None else opened.drawn_here(problem.node_id)
        if identifier is not None or (problem.node_id is None and not opened.places):
            found.append(Problem(problem.severity, problem.node, problem.message, problem.fixes, identifier))
    return found
