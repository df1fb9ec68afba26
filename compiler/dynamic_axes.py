"""Axes that may have any length, such as time: whether the network works at every length, and how shapes follow.

A drawing is lowered at the length that it is drawn with. Here it is lowered at a few other lengths as well, and what
comes out is compared: what stays the same does not depend on the length, and what needs other weights cannot follow.
So no rule for any kind is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from compiler.arrivals import Source, weight_count
from compiler.construction import constructor_arguments
from compiler.program import Program, Step, lower
from graph_model.parameters import axis_names

STEPS = (1, 2, 4, 8, 16, 32, 64)
"""A network may take only lengths that differ by multiples of one of these, as one that halves its maps and doubles
them again does."""
MULTIPLES = (1, 2, 48)
"""So many of them away from the length as drawn, sizes are looked at: halves, thirds and quarters of the last one are
whole numbers."""


@dataclass(frozen=True)
class DynamicAxis:
    """An axis that may have any length. `length`: as drawn; `places`: (id of an Input, axis of its sample's shape)."""

    name: str
    length: int
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Refusal:
    """Why an axis cannot have any length. `step`: the step at fault, as it is at the length `at`; where that is None,
    an Input whose axis is not as long as others of the same name."""

    axis: DynamicAxis
    step: Step
    at: int | None = None


@dataclass(frozen=True)
class Lengths:
    """What is known of a program's dynamic axes.

    `steps`: name of an axis that can vary -> lengths of which multiples its length can differ from the drawn one by.
    `programs`: (name, length) -> the program at that length. `refusals`: of the axes that cannot vary.
    """

    axes: tuple[DynamicAxis, ...] = ()
    steps: Mapping[str, int] = field(default_factory=dict)
    programs: Mapping[tuple[str, int], Program] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()

    def samples(self) -> dict[tuple[str, int], Program]:
        """(name, length) -> the program at lengths that are known to work, for the axes that can vary."""
        return {
            (axis.name, length): self.programs[axis.name, length]
            for axis in self.axes
            for more in MULTIPLES
            if (length := axis.length + more * self.steps.get(axis.name, 0)) != axis.length
        }


NO_LENGTHS = Lengths()


def lengths_of(program: Program, former: Lengths = NO_LENGTHS) -> Lengths:
    """Find out at which lengths a program works. `former`: what was found before an edit, which saves work."""
    axes = dynamic_axes(program)
    if not axes:
        return NO_LENGTHS
    search = _Search(program, former)
    for axis in axes:
        search.try_axis(axis)
    return Lengths(tuple(axes), search.steps, search.programs, tuple(search.refusals))


def dynamic_axes(program: Program) -> list[DynamicAxis]:
    """Return the dynamic axes of a program's Inputs, in the order of adding; one for each name."""
    found: dict[str, DynamicAxis] = {}
    for step in program.steps:
        if step.node.kind != "Input" or step.fault is not None:
            continue
        shape = step.node.parameters["shape"]
        for number, name in enumerate(axis_names(step.node.parameters["dynamic_axes"])):
            if name:
                known = found.get(name, DynamicAxis(name, shape[number], ()))
                found[name] = DynamicAxis(name, known.length, (*known.places, (step.node.id, number)))
    return list(found.values())


class _Search:
    """Tries one axis after the other."""

    def __init__(self, program: Program, former: Lengths) -> None:
        self.program = program
        self.former = former
        self.programs: dict[tuple[str, int], Program] = {}
        self.steps: dict[str, int] = {}
        self.refusals: list[Refusal] = []

    def try_axis(self, axis: DynamicAxis) -> None:
        for node, number in axis.places:
            if self.program.by_id[node].node.parameters["shape"][number] != axis.length:
                self.refusals.append(Refusal(axis, self.program.by_id[node]))
                return
        refusal = None
        for step in STEPS:
            fault = self._fault_at(axis, step)
            if fault is None and self._fault_at(axis, 2 * step) is None:
                self.steps[axis.name] = step
                self._at(axis, MULTIPLES[-1] * step)
                return
            if refusal is None:
                more = step if fault is not None else 2 * step
                at_fault = fault or self._fault_at(axis, more)
                assert at_fault is not None
                refusal = Refusal(axis, at_fault, axis.length + more)
                if self._fault_at(axis, STEPS[-1]) is not None:
                    break
        assert refusal is not None
        self.refusals.append(refusal)

    def _at(self, axis: DynamicAxis, more: int) -> Program:
        key = axis.name, axis.length + more
        if key not in self.programs:
            given = {}
            for node, number in axis.places:
                shape = list(self.program.by_id[node].node.parameters["shape"])
                shape[number] += more
                given[node] = tuple(shape)
            drawing, drawn_as = self.program.drawing, self.program.flat.drawn_as
            self.programs[key] = lower(drawing, drawn_as, self.former.programs.get(key), given)
        return self.programs[key]

    def _fault_at(self, axis: DynamicAxis, more: int) -> Step | None:
        """The first step that does not work at a greater length, or needs other weights there."""
        return _first_fault(self.program, self._at(axis, more))


def _first_fault(program: Program, other: Program) -> Step | None:
    for step in program.steps:
        if step.fault is None and not _is_made_alike(step, other.by_id[step.node.id]):
            return other.by_id[step.node.id]
    return None


def _carries_alike(source: Source, other: Source) -> bool:
    """Whether a wire to a neuron carries the same: as many numbers, or the element at the same place."""
    assert source.shape is not None
    assert other.shape is not None
    return weight_count(source) == weight_count(other) and source.shape[2:] == other.shape[2:]


def _is_made_alike(step: Step, other: Step) -> bool:
    """Whether the same module, with the same weights, does both."""
    if other.fault is not None:
        return False
    if step.over_time is not None:
        assert other.over_time is not None
        pairs = zip(step.over_time.programs, other.over_time.programs, strict=True)
        return all(_first_fault(one, two) is None for one, two in pairs)
    if step.call_shapes == other.call_shapes:
        return True
    if step.kind.picks_elements:
        return all(_carries_alike(one, two) for one, two in zip(step.sources, other.sources, strict=True))
    values = step.node.parameters
    call = step.kind.call(values)
    if call is None or call.module is None:
        return True
    one, two = (constructor_arguments(call, values, shapes) for shapes in (step.call_shapes, other.call_shapes))
    return one == two
