"""One example goes forwards and backwards through a drawing, and every number on the way is kept."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from app.training.backpropagation.bodies import Body
from app.training.backpropagation.example import example_tensors
from app.training.backpropagation.numbers import Numbers
from app.training.backpropagation.plan import Plan
from app.training.backpropagation.planning import plan_for
from app.training.backpropagation.quantities import (
    Array,
    LayerNumbers,
    NeuronNumbers,
    Number,
    OutputNumbers,
    PlaceOverTime,
    ReadingNumbers,
    Stage,
    WeightNumbers,
    WireNumbers,
)
from app.training.backpropagation.stages import stages_of
from app.training.backpropagation.starting import Start, start_of
from app.training.backpropagation.targets import Target, Targets, as_tuple, target_tensors
from app.training.backpropagation.through_time import reading_numbers, share_of_time_steps, terms_through_time
from app.training.backpropagation.walk import Walk
from app.training.backpropagation.weight_slots import Weights
from graph_model import Document, Graph, Node, TrainingError

Inputs = Array | Sequence[Any]
"""One sample's array; for a network with several inputs, one array for each, in the order of the module's inputs. Along
a dynamic axis it may be longer or shorter than drawn."""


class Trace:
    """The numbers of one example. `loss`: that of all Outputs, weighed and summed; `ends`: what each of them adds.

    What is inside a block over time has one set of numbers for each time step; nodes and wires there are asked for by
    paths, and answer for the time step of `at`, without that for the last one that is read. It belongs to the drawing
    as it was: later edits do not change it.
    """

    def __init__(self, plan: Plan, weights: Weights, inputs: Inputs, target: Targets, loss: str) -> None:
        targets = target_tensors(plan, [target], loss)
        self._walk = Walk(plan, weights, example_tensors(plan, inputs))
        start = start_of(plan, self._walk, loss, targets)
        self._walk.backward(start.gradients)
        self._plan = plan
        self._numbers = Numbers(plan, self._walk, lambda identifier: identifier)
        self._times: dict[str, int] = {}
        self._inside: dict[tuple[Body, int], Numbers] = {}
        self._slot_gradients: Array = self._walk.slot_gradients.numpy()
        self.loss = float(start.loss)
        self.ends = _ends(plan, self._walk, start, as_tuple(target), loss)
        self.stages: tuple[Stage, ...] = stages_of(plan, loss)

    @property
    def output(self) -> Array:
        """The answer: what the first Output receives."""
        return self.ends[0].answer

    @property
    def target(self) -> Target:
        """What that should be."""
        return self.ends[0].target

    def at(self, times: Mapping[str, int]) -> Trace:
        """Return the same numbers with other time steps, counted from 0, for what is inside blocks over time.

        `times`: path of a place -> the time step; one beyond the last is the last.
        """
        other = copy.copy(self)
        other._times, other._inside = dict(times), {}
        return other

    def knows(self, node: Node) -> bool:
        """Whether a node was in the drawing, as this kind, when these numbers were computed."""
        inside = self._plan.bodies.node_at.get(node.id)
        program = self._plan.program if inside is None else inside[0].reading.layout.program
        step = program.by_id.get(node.id if inside is None else inside[1])
        return step is not None and step.node.kind == node.kind

    def knows_wire(self, wire_id: str) -> bool:
        """Whether a wire was in the drawing when these numbers were computed."""
        return wire_id in self._plan.wires or wire_id in self._plan.bodies.wire_at

    @property
    def graph(self) -> Graph:
        """The drawing without its blocks; beside it the bodies of those over time, whose ids are paths."""
        return self._plan.bodies.graph

    # One of each

    def neuron(self, node_id: str) -> NeuronNumbers:
        """Return the numbers of a neuron, a maxout group or a scalar input; raises TrainingError for any other node."""
        numbers, known = self._at_node(node_id)
        return numbers.neuron(known)

    def wire(self, wire_id: str) -> WireNumbers:
        """Return the numbers of a wire; raises TrainingError for one that was not in the drawing."""
        body, known = self._plan.bodies.wire_at.get(wire_id, (None, wire_id))
        return self._of(body).wire(known)

    def layer(self, node_id: str) -> LayerNumbers:
        """Return the numbers of a layer, an Input or an Output; raises TrainingError for a neuron."""
        numbers, known = self._at_node(node_id)
        return numbers.layer(known)

    def weight(self, node_id: str, parameter: str, index: Sequence[int] | int) -> WeightNumbers:
        """Return one weight of a layer, spelled out: input × δ for each place where it is used.

        `parameter`: a name of LayerNumbers.parameters. Inside a block over time the terms are those of all its time
        steps. Raises TrainingError for a weight that is not there.
        """
        numbers, known = self._at_node(node_id)
        found = numbers.weight(known, parameter, index)
        inside = self._plan.bodies.node_at.get(node_id)
        if inside is None:
            return found
        each = [self._moment(inside[0], step).weight(known, parameter, index) for step in range(inside[0].time)]
        return terms_through_time(found, each)

    def end(self, node_id: str) -> OutputNumbers | None:
        """Return what an Output of the drawing adds to the loss; None for anything else."""
        return next((end for end in self.ends if end.id == node_id), None)

    def activation(self, node_id: str) -> Number | None:
        """Return a of a node, a number or an array; None for one that gives nothing."""
        numbers, known = self._at_node(node_id)
        return numbers.activation(known)

    # Through time

    @property
    def places(self) -> tuple[PlaceOverTime, ...]:
        """The blocks over time, the outer ones before those in them."""
        bodies, found = self._plan.bodies, []
        for place, first in bodies.first_of.items():
            here = [body for body in bodies.all if body.place == place]
            starts, backwards = (body.start for body in here), (body.reading.backwards for body in here)
            found.append(PlaceOverTime(place, tuple(starts), tuple(backwards), first.time, self._time(first)))
        return tuple(found)

    def reading(self, path: str) -> ReadingNumbers | None:
        """Return what a block over time hands on from step to step, for the path of its place or of anything in it.

        A place that reads in both directions answers for the forward one. None outside of such blocks.
        """
        body = self._body(path)
        if body is None:
            return None
        walk = self._walk if body.outer is None else self._walk_of(body.outer)
        return reading_numbers(body, walk.unrolled[body.step])

    def shares(self, path: str, name: str) -> Array:
        """Return what each time step adds to ∂l/∂w of one array of weights, (time, *shape).

        `path`: of the node or the wire in the body that uses it; `name`: as in Document.weights.
        """
        body = self._body(path)
        if body is None:
            raise TrainingError(f"'{path}' is not inside a block that is applied over time.")
        walk = self._walk if body.outer is None else self._walk_of(body.outer)
        return share_of_time_steps(self._plan.slots, walk.unrolled[body.step].moments[body.number], name)

    def owner_of(self, path: str) -> str:
        """Return what the names in Document.weights of what a node or a wire has begin with: places may share them."""
        bodies = self._plan.bodies
        if path in bodies.wire_at:
            return bodies.wire_at[path][1]
        body, known = bodies.node_at.get(path, (None, path))
        program = self._plan.program if body is None else body.reading.layout.program
        return program.by_id[known].owner if known in program.by_id else known

    def first_use(self, owner: str) -> str:
        """Return the path of the first node or wire whose weights' names begin so."""
        return self._plan.bodies.first_uses.get(owner, owner)

    # Everything

    def gradients(self) -> dict[str, Array]:
        """Return ∂l/∂w for every weight by its name in Document.weights; for shared ones the sum, under each name."""
        found: dict[str, Array] = {
            name: self._slot_gradients[place]
            if self._plan.slots.is_vector[name]
            else self._slot_gradients[place.start, ...]
            for name, place in self._plan.slots.of_name.items()
        }
        found.update((name, value.numpy()) for name, value in self._walk.layer_gradients.items())
        return found

    def gradient(self, name: str) -> Array:
        """Return ∂l/∂w of one weight by its name in Document.weights; for a shared one the sum."""
        if name in self._walk.layer_gradients:
            return self._walk.layer_gradients[name].numpy()
        shape = self._plan.slots.shape(name)
        if name not in self._plan.slots.of_name:
            raise TrainingError(f"'{name}' is not learned from a gradient.")
        found: Array = self._slot_gradients[self._plan.slots.of_name[name]].reshape(shape)
        return found

    def activations(self) -> dict[str, Number]:
        """Return a for every node of the drawing that gives something: a number, or a layer's array."""
        return self._numbers.activations()

    # Bodies

    def _at_node(self, path: str) -> tuple[Numbers, str]:
        body, known = self._plan.bodies.node_at.get(path, (None, path))
        return self._of(body), known

    def _of(self, body: Body | None) -> Numbers:
        return self._numbers if body is None else self._moment(body, self._time(body))

    def _moment(self, body: Body, step: int) -> Numbers:
        if (body, step) not in self._inside:
            outer = self._walk if body.outer is None else self._walk_of(body.outer)
            walk = outer.unrolled[body.step].moments[body.number][step]
            self._inside[body, step] = Numbers(body.reading.layout, walk, body.path)
        return self._inside[body, step]

    def _walk_of(self, body: Body) -> Walk:
        outer = self._walk if body.outer is None else self._walk_of(body.outer)
        return outer.unrolled[body.step].moments[body.number][self._time(body)]

    def _time(self, body: Body) -> int:
        last_read = 0 if body.reading.backwards and body.number == 0 else body.time - 1
        return min(self._times.get(body.place, last_read), body.time - 1)

    def _body(self, path: str) -> Body | None:
        bodies = self._plan.bodies
        inside = bodies.node_at.get(path) or bodies.wire_at.get(path)
        if path in bodies.first_of:
            return bodies.first_of[path]
        return None if inside is None else inside[0]


def _ends(plan: Plan, walk: Walk, start: Start, targets: tuple[Target, ...], loss: str) -> tuple[OutputNumbers, ...]:
    terms, answers = plan.objective(loss, len(targets)).terms, walk.answers()
    return tuple(
        OutputNumbers(
            id=end.step.node.id,
            name=end.step.node.name,
            loss_name=term.kind.name,
            weight=term.weight,
            target_number=term.target,
            target=None if term.target is None else targets[term.target],
            answer=answers[number][0].numpy(),
            loss=float(start.losses[number]),
            gradient=start.own_gradients[number][0].numpy(),
        )
        for number, (end, term) in enumerate(zip(plan.ends, terms, strict=True))
    )


def trace_example(
    document: Document,
    inputs: Inputs,
    target: Targets,
    loss: str | None = None,
    weights: Mapping[str, Any] | None = None,
) -> Trace:
    """Return every number that backpropagation computes for one example, in float64.

    Dropout is off and batch normalisation uses its running statistics. `target`: the number of the right class, one for
    each time step, or floating-point values, as many as the loss compares; None for a loss that compares with nothing;
    with several Outputs a tuple, one for each that is compared, or one with which all are.
    `loss`: a name of app.training.losses, by default the document's. `weights`: name -> array, in the place of those of
    the document. The start is compile_graph's, so weights that were never trained are the same as in training (rounded
    to float32, as there). Keep the trace while you ask for others of the same drawing: they are then much faster.
    Raises CompileError if the drawing cannot run, TrainingError if the example does not fit it.
    """
    plan = plan_for(document, inputs)
    values = plan.slots.values(document.weights, weights)
    return Trace(plan, values, inputs, target, loss or document.training.loss)
