"""One weight is changed a little, and the change is followed to the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from app.training.backpropagation.example import example_tensors
from app.training.backpropagation.planning import plan_for
from app.training.backpropagation.quantities import Array, Number
from app.training.backpropagation.starting import start_of
from app.training.backpropagation.targets import Targets, target_tensors
from app.training.backpropagation.trace import Inputs, Trace, trace_example
from app.training.backpropagation.walk import Walk
from graph_model import Document


@dataclass(frozen=True)
class NudgedStage:
    """How much of a change arrives at one forward stage: the root mean square of Δa over all its numbers."""

    title: str
    node_ids: tuple[str, ...]
    root_mean_square: float


@dataclass(frozen=True)
class Nudge:
    """What a change Δw of one weight does. `predicted`: ∂l/∂w · Δw. `differences`: node id -> Δa."""

    name: str
    index: tuple[int, ...]
    change: float
    before: Trace
    after: Trace
    differences: dict[str, Number]
    loss_change: float
    predicted: float
    stages: tuple[NudgedStage, ...]


def nudge_weight(
    document: Document,
    inputs: Inputs,
    target: Targets,
    name: str,
    index: Sequence[int] | int = (),
    change: float = 0.1,
    loss: str | None = None,
) -> Nudge:
    """Change one weight (with all that share it) by Δw and return what becomes of it on the way to the loss.

    `name`: as in Document.weights; `index`: the place in its array, () for a single number. A slope that is the same
    everywhere makes `predicted` equal `loss_change`; else they part as the change grows. Raises TrainingError for a
    weight that is not there.
    """
    before = trace_example(document, inputs, target, loss)
    slots = plan_for(document, inputs).slots
    place = slots.place(name, index)
    value = slots.value(slots.values(document.weights), name)
    value[place] += change
    after = trace_example(document, inputs, target, loss, {name: value})
    first, second = before.activations(), after.activations()
    differences = {node_id: second[node_id] - first[node_id] for node_id in first}
    return Nudge(
        name=name,
        index=place,
        change=change,
        before=before,
        after=after,
        differences=differences,
        loss_change=after.loss - before.loss,
        predicted=float(before.gradient(name)[place]) * change,
        stages=tuple(
            NudgedStage(
                stage.title,
                stage.node_ids,
                _root_mean_square([differences[one] for one in stage.node_ids if one in differences]),
            )
            for stage in before.stages
            if stage.kind == "forward"
        ),
    )


def finite_difference(
    document: Document,
    inputs: Inputs,
    target: Targets,
    name: str,
    index: Sequence[int] | int = (),
    step: float = 1e-6,
    loss: str | None = None,
) -> float:
    """Return (l(w + h) − l(w − h)) / 2h for one weight (with all that share it): ∂l/∂w without any calculus."""
    plan = plan_for(document, inputs)
    name_of_loss = loss or document.training.loss
    example, targets = example_tensors(plan, inputs), target_tensors(plan, [target], name_of_loss)
    place = plan.slots.place(name, index)
    start: Array = plan.slots.value(plan.slots.values(document.weights), name)

    def loss_with(change: float) -> float:
        value = start.copy()
        value[place] += change
        walk = Walk(plan, plan.slots.values(document.weights, {name: value}), example)
        return float(start_of(plan, walk, name_of_loss, targets).loss)

    return (loss_with(step) - loss_with(-step)) / (2 * step)


def _root_mean_square(differences: Sequence[Any]) -> float:
    together = numpy.concatenate([numpy.reshape(one, -1) for one in differences])
    return float(numpy.sqrt(numpy.mean(together**2)))
