"""The whole computation as steps: forwards, the loss, backwards, the update."""

from __future__ import annotations

from app.training.backpropagation.plan import Part, Plan
from app.training.backpropagation.quantities import Stage


def stages_of(plan: Plan, loss: str) -> tuple[Stage, ...]:
    """Return the stages in the order of computing."""
    if loss not in plan.stages:
        plan.stages[loss] = _laid_out(plan, loss)
    return plan.stages[loss]


def _laid_out(plan: Plan, loss: str) -> tuple[Stage, ...]:
    forward = [Stage("forward", part.title, _node_ids(part), _arriving(part)) for part in plan.parts]
    backward = [
        Stage("backward", part.title, _node_ids(part), _arriving(part), _leaving(plan, part))
        for part in reversed(plan.parts)
    ]
    end = plan.output
    to_the_end = tuple(source.wire.id for source in end.sources)
    learning = [step for part in plan.parts for step in part.steps if step.kind.learnable]
    weighed = tuple(source.wire.id for step in learning if step.kind.weighs_wires for source in step.sources)
    update = Stage("update", "Update", tuple(step.node.id for step in learning), weighed)
    return (*forward, Stage("loss", plan.loss_kind(loss).title, (end.node.id,), to_the_end), *backward, update)


def _node_ids(part: Part) -> tuple[str, ...]:
    return tuple(step.node.id for step in part.steps)


def _arriving(part: Part) -> tuple[str, ...]:
    return tuple(source.wire.id for step in part.steps for source in step.sources)


def _leaving(plan: Plan, part: Part) -> tuple[str, ...]:
    return tuple(source.wire.id for step in part.steps for source in plan.outgoing.get(step.node.id, ()))
