"""A program is laid out: its nodes in stages, and a place for each number."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import torch

from app.training.backpropagation.order import stage_order
from app.training.backpropagation.parts import Column, Entry, Gathered, Layer, Maxouts, Part, Reading, Unrolled
from app.training.backpropagation.plan import End, Layout, reach, sizes_before
from app.training.backpropagation.weight_slots import LEARNED_SLOPE, WeightSlots, slope_name
from compiler.arrivals import Source
from compiler.construction import make_module
from compiler.index_limits import index_limit
from compiler.own_activation import activation_module
from compiler.program import OverTime, Program, Step
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.levels import BACKWARDS


def lay_out(program: Program, slots: WeightSlots) -> Layout:
    """Return how the numbers of a program are computed. `slots`: where the weights of the whole drawing are."""
    return _LayingOut(program, slots).layout()


class _LayingOut:
    """Lays out one program."""

    def __init__(self, program: Program, slots: WeightSlots) -> None:
        self.program = program
        self.slots = slots
        self.places: dict[str, slice] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.size = 0

    def layout(self) -> Layout:
        """Return the result."""
        order = stage_order(self.program)
        for step in self.program.steps:
            if step.kind.brings_data:
                self._place(step)
        for _, steps in order:
            for step in steps:
                self._place(step)
        parts = tuple(self._part(title, steps) for title, steps in order)
        ends = tuple(End(step, self._inputs(step)[0]) for step in self.program.outputs)
        received = {part.steps[0].node.id: part.inputs for part in parts if isinstance(part, (Layer, Unrolled))}
        received.update((end.step.node.id, (end.gathered,)) for end in ends)
        return Layout(
            program=self.program,
            places=self.places,
            shapes=self.shapes,
            size=self.size,
            entries=self._entries(),
            parts=parts,
            part_of={step.node.id: part for part in parts for step in part.steps},
            ends=ends,
            slots=self.slots,
            received=received,
            wires={source.wire.id: source for step in self.program.steps for source in step.sources},
            outgoing=self._outgoing(),
        )

    def _place(self, step: Step) -> None:
        shape = _sample_shape(step)
        self.places[step.node.id] = slice(self.size, self.size + math.prod(shape))
        self.shapes[step.node.id] = shape
        self.size += math.prod(shape)

    def _part(self, title: str, steps: tuple[Step, ...]) -> Part:
        if steps[0].kind.weighs_wires:
            return self._column(title, steps)
        if steps[0].kind.gives_scalar:
            return Maxouts(
                title,
                steps,
                tuple(self.places[step.node.id].start for step in steps),
                tuple(torch.cat([self._reached(source) for source in step.sources]) for step in steps),
            )
        step = steps[0]
        if step.over_time is not None:
            return self._unrolled(title, step, step.over_time)
        module = make_module(step.kind, step.node.parameters, step.call_shapes)
        activation = step.node.parameters.get("activation", "Identity")
        return Layer(
            title,
            steps,
            self.places[step.node.id],
            self.shapes[step.node.id],
            self._inputs(step),
            None if module is None else module.double().requires_grad_(False).eval(),
            None if activation == "Identity" else activation_module(activation).double(),
        )

    def _column(self, title: str, steps: tuple[Step, ...]) -> Column:
        sources: list[int] = []
        targets: list[int] = []
        slots: list[int] = []
        where: dict[str, slice] = {}
        activations: dict[str, list[int]] = {}
        for number, step in enumerate(steps):
            activations.setdefault(step.node.parameters["activation"], []).append(number)
            for source in step.sources:
                first, count = reach(self.places, self.program, source)
                slot = self.slots.of_name[f"{source.wire.id}.weight"].start
                where[source.wire.id] = slice(len(sources), len(sources) + count)
                sources.extend(range(first, first + count))
                slots.extend(range(slot, slot + count))
                targets.extend([number] * count)
        return Column(
            title,
            steps,
            torch.tensor([self.places[step.node.id].start for step in steps]),
            torch.tensor(sources, dtype=torch.long),
            torch.tensor(targets, dtype=torch.long),
            torch.tensor(slots, dtype=torch.long),
            torch.tensor([self.slots.of_name[f"{step.node.id}.bias"].start for step in steps]),
            {name: torch.tensor(numbers) for name, numbers in activations.items()},
            torch.tensor(
                [self.slots.of_name[slope_name(steps[number])].start for number in activations.get(LEARNED_SLOPE, ())],
                dtype=torch.long,
            ),
            where,
        )

    def _unrolled(self, title: str, step: Step, over_time: OverTime) -> Unrolled:
        inputs = self._inputs(step)
        given = zip(inputs, over_time.sequences, strict=True)
        return Unrolled(
            title,
            (step,),
            self.places[step.node.id],
            inputs,
            over_time.sequences,
            next(gathered.shape[0] for gathered, is_sequence in given if is_sequence),
            over_time.outputs,
            over_time.last,
            tuple(_sizes(shape) for shape in step.output_shapes or ()),
            tuple(self._reading(step, over_time, number) for number in range(len(over_time.directions))),
        )

    def _reading(self, step: Step, over_time: OverTime, number: int) -> Reading:
        backwards = over_time.directions[number] == "backward"
        way = f"{BACKWARDS}{SEPARATOR}" if backwards else ""
        learned = itertools.count(number * sum(over_time.learned))
        return Reading(
            lay_out(over_time.programs[number], self.slots),
            backwards,
            f"{step.owner}{SEPARATOR}{way}",
            tuple(f"{step.owner}.start_{next(learned)}" if learns else None for learns in over_time.learned),
        )

    def _reached(self, source: Source) -> torch.Tensor:
        """Return the places of what a wire carries."""
        first, count = reach(self.places, self.program, source)
        return torch.arange(first, first + count)

    def _inputs(self, step: Step) -> tuple[Gathered, ...]:
        """Return what a layer or an Output receives: neurons side by side, or each source by itself."""
        found: list[Gathered] = []
        if step.kind.follows_batch:
            return (self._entries()[0].gathered,)
        for arrival in step.arrivals:
            places = [self._reached(source) for source in arrival.sources]
            if arrival.stacked:
                found.append(Gathered(torch.cat(places), (len(places),)))
            else:
                shapes = (_sizes(shape) for shape in arrival.shapes or ())
                found.extend(Gathered(place, shape) for place, shape in zip(places, shapes, strict=True))
        return tuple(found)

    def _entries(self) -> tuple[Entry, ...]:
        """Return the module's inputs in its order, and where their numbers are."""
        entries = []
        for given in self.program.inputs:
            places = [self.places[step.node.id] for step in given.steps]
            together = torch.cat([torch.arange(place.start, place.stop) for place in places])
            scalars = f"The network with its {len(places)} scalar inputs"
            name = scalars if given.is_of_scalars else f"Input '{given.name}'"
            entries.append(Entry(name, Gathered(together, given.shape), index_limit(self.program, given)))
        return tuple(entries)

    def _outgoing(self) -> dict[str, list[Source]]:
        leaving: dict[str, list[Source]] = {}
        for step in self.program.steps:
            for source in step.sources:
                leaving.setdefault(source.node.id, []).append(source)
        for sources in leaving.values():
            sources.sort(key=lambda source: source.wire.order)
        return leaving


def _sizes(shape: Sequence[Any]) -> tuple[int, ...]:
    """Return the axes of one sample: a shape without its batch."""
    return tuple(int(axis) for axis in shape[1:])


def _sample_shape(step: Step) -> tuple[int, ...]:
    """Return the shape of one sample of what a node gives; () for a single number; what leaves several ports is laid
    flat, port after port."""
    if step.kind.gives_scalar:
        return ()
    shapes = step.output_shapes or ((),)
    return _sizes(shapes[0]) if len(shapes) == 1 else (sizes_before(step, len(shapes)),)
