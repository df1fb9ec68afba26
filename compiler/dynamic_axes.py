"""Axes that may have any length, such as time: whether the network works at every length, and how shapes follow.

A drawing is lowered at the length that it is drawn with. Here it is lowered at a few other lengths as well, and what
comes out is compared: what stays the same does not depend on the length, and what needs other weights cannot follow.
So no rule for any kind is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from compiler.construction import constructor_arguments
from compiler.program import Program, Step, lower
from graph_model.parameters import axis_names

STEPS = (1, 2, 4, 8, 16, 32, 64)
"""A network may take only lengths that differ by multiples of one of these, as one that halves its maps and doubles
them again does."""
MULTIPLES = (1, 2, 31, 48)
"""So many of them away from the length as drawn, sizes are looked at: halves, thirds and quarters of the last one are
whole numbers, and the one before tells apart what these have in common."""


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
    `programs`: (name, length) -> the program at that length; `faults`: the first step that does not work there, if any.
    `refusals`: of the axes that cannot vary. `program`: the program as drawn.
    """

    axes: tuple[DynamicAxis, ...] = ()
    steps: Mapping[str, int] = field(default_factory=dict)
    programs: Mapping[tuple[str, int], Program] = field(default_factory=dict)
    faults: Mapping[tuple[str, int], Step | None] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    program: Program | None = None

    def samples(self) -> dict[tuple[str, int], Program]:
        """(name, length) -> the program at lengths that are known to work, the least first, for the axes that can
        vary."""
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
    return Lengths(tuple(axes), search.steps, search.programs, search.faults, tuple(search.refusals), program)


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
        self.faults: dict[tuple[str, int], Step | None] = {}
        self.steps: dict[str, int] = {}
        self.refusals: list[Refusal] = []

    def try_axis(self, axis: DynamicAxis) -> None:
        for node, number in axis.places:
            if self.program.by_id[node].node.parameters["shape"][number] != axis.length:
                self.refusals.append(Refusal(axis, self.program.by_id[node]))
                return
        failing = self._first_failing(axis, STEPS[0])
        coarsest = self._first_failing(axis, STEPS[-1]) if failing is not None else None
        if failing is not None and coarsest is not None:
            # An odd length may fail for a reason that multiples do not have; what both have is nearer to the drawn one.
            more, fault = failing if failing[1].node.id == coarsest[1].node.id else coarsest
            self.refusals.append(Refusal(axis, fault, axis.length + more))
            return
        self.steps[axis.name] = next(step for step in STEPS if self._first_failing(axis, step) is None)

    def _first_failing(self, axis: DynamicAxis, step: int) -> tuple[int, Step] | None:
        """By how much longer, in steps of this size, the network does not work, and the step at fault."""
        for multiple in MULTIPLES:
            fault = self._fault_at(axis, multiple * step)
            if fault is not None:
                return multiple * step, fault
        return None

    def _fault_at(self, axis: DynamicAxis, more: int) -> Step | None:
        """The first step that does not work at a greater length, or needs other weights there."""
        key = axis.name, axis.length + more
        if key not in self.faults:
            known = self.former.programs.get(key)
            drawing, drawn_as = self.program.drawing, self.program.flat.drawn_as
            self.programs[key] = other = lower(drawing, drawn_as, known, self._given(axis, more))
            worked = known is not None and self.former.faults[key] is None
            self.faults[key] = _first_fault(
                self.program, other, (self.former.program, known) if worked else (None, None)
            )
        return self.faults[key]

    def _given(self, axis: DynamicAxis, more: int) -> dict[str, tuple[int, ...]]:
        """The shapes of the Inputs that have the axis, when it is longer."""
        given = {}
        for node, number in axis.places:
            shape = list(self.program.by_id[node].node.parameters["shape"])
            shape[number] += more
            given[node] = tuple(shape)
        return given


def _first_fault(
    program: Program, other: Program, working: tuple[Program | None, Program | None] = (None, None)
) -> Step | None:
    """The first step of the other program that does not work, or with other weights. `working`: two former programs of
    which all that is the same need not be looked at."""
    former, former_other = ({} if one is None else one.by_id for one in working)
    for step in program.steps:
        identifier = step.node.id
        counterpart = other.by_id[identifier]
        if former.get(identifier) is step and former_other.get(identifier) is counterpart:
            continue
        found = _fault_of(step, counterpart) if step.fault is None else None
        if found is not None:
            return found
    return None


def _fault_of(step: Step, other: Step) -> Step | None:
    """The other step, or one of those inside it, if the same module with the same weights cannot do both."""
    if other.over_time is not None and step.over_time is not None:
        pairs = zip(step.over_time.programs, other.over_time.programs, strict=True)
        inside = next((found for one, two in pairs if (found := _first_fault(one, two)) is not None), None)
        return inside or (None if other.fault is None else other)
    return None if other.fault is None and _is_made_alike(step, other) else other


def _is_made_alike(step: Step, other: Step) -> bool:
    """Whether the same module, with the same weights, does both."""
    if step.call_shapes == other.call_shapes:
        return True
    if step.kind.picks_elements:
        return False  # what arrives at neurons is laid side by side: where an element lies depends on the lengths
    values = step.node.parameters
    call = step.kind.call(values)
    if call is None or call.module is None:
        return True
    one, two = (constructor_arguments(call, values, shapes) for shapes in (step.call_shapes, other.call_shapes))
    return one == two
