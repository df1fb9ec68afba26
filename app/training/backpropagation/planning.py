"""A drawing becomes a plan: its nodes in stages, and a place for each number."""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from typing import Any

import torch

from app.training.backpropagation.order import stage_order
from app.training.backpropagation.plan import Column, Entry, Gathered, Layer, Maxouts, Part, Plan, reach, sizes_before
from app.training.backpropagation.weight_slots import LEARNED_SLOPE, WeightSlots, slope_name
from app.training.device import use_fitting_threads
from compiler.arrivals import Source
from compiler.build import compile_program
from compiler.construction import make_module
from compiler.index_limits import index_limit
from compiler.own_activation import activation_module
from compiler.program import Program, Step, lower
from compiler.weights import collect_weights
from graph_model import Document, Graph, TrainingError

_plans: weakref.WeakValueDictionary[int, Plan] = weakref.WeakValueDictionary()


def plan_for(document: Document) -> Plan:
    """Return the plan of a document's drawing: the last one as long as any trace of it is kept and nothing changed.

    Raises CompileError if the drawing cannot run, TrainingError if no loss can be computed from its outputs.
    """
    graph, seed = document.graph, document.training.seed
    known = _plans.get(id(graph))
    if known is not None and known.graph is graph and (known.revision, known.seed) == (graph.revision, seed):
        return known
    use_fitting_threads()
    plan = _Planner(graph, seed).plan()
    _plans[id(graph)] = plan
    return plan


class _Planner:
    """Lays out one program."""

    def __init__(self, graph: Graph, seed: int) -> None:
        self.graph = graph
        self.seed = seed
        self.revision = graph.revision
        self.program = lower(graph)
        refuse_blocks_over_time(self.program)
        self.slots = WeightSlots(self.program, collect_weights(compile_program(self.program, seed)))
        self.places: dict[str, slice] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.size = 0

    def plan(self) -> Plan:
        order = stage_order(self.program)
        for step in self.program.steps:
            if step.kind.brings_data:
                self._place(step)
        for _, steps in order:
            for step in steps:
                self._place(step)
        parts = tuple(self._part(title, steps) for title, steps in order)
        output = self._output()
        received = {part.steps[0].node.id: part.inputs for part in parts if isinstance(part, Layer)}
        received[output.node.id] = self._inputs(output)
        return Plan(
            graph=self.graph,
            revision=self.revision,
            seed=self.seed,
            program=self.program,
            places=self.places,
            shapes=self.shapes,
            size=self.size,
            entries=self._entries(),
            parts=parts,
            part_of={step.node.id: part for part in parts for step in part.steps},
            output=output,
            answer=received[output.node.id][0],
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

    def _output(self) -> Step:
        outputs = self.program.outputs
        if len(outputs) != 1:
            names = ", ".join(f"'{step.node.name}'" for step in outputs)
            raise TrainingError(f"The loss compares one Output with its target, but there are {names}. Remove one.")
        shape = outputs[0].input_shapes[0]
        if len(shape) != 2:
            came = ", ".join(str(axis) for axis in shape)
            raise TrainingError(
                f"Output '{outputs[0].node.name}' receives ({came}), but the loss needs one number for each class, "
                "(batch, classes): put a Flatten before it."
            )
        return outputs[0]

    def _outgoing(self) -> dict[str, list[Source]]:
        leaving: dict[str, list[Source]] = {}
        for step in self.program.steps:
            for source in step.sources:
                leaving.setdefault(source.node.id, []).append(source)
        for sources in leaving.values():
            sources.sort(key=lambda source: source.wire.order)
        return leaving


def refuse_blocks_over_time(program: Program) -> None:
    """Raise TrainingError for a drawing with a block that is applied over time: its numbers differ at every step."""
    for step in program.steps:
        if step.over_time is not None:
            raise TrainingError(
                f"'{step.node.name}' is a block that is applied at every time step, and backpropagation cannot be "
                f"walked through it number by number yet. Its gradients show in the gradient panel while it trains."
            )


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
