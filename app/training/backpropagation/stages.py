"""The whole computation as steps: forwards, the loss, backwards, the update."""

from __future__ import annotations

from collections.abc import Callable

from app.training.backpropagation.bodies import Body
from app.training.backpropagation.parts import Part, Unrolled
from app.training.backpropagation.plan import Layout, Plan
from app.training.backpropagation.quantities import Stage
from app.training.losses.pairing import chosen_loss


def stages_of(plan: Plan, loss: str) -> tuple[Stage, ...]:
    """Return the stages in the order of computing."""
    if loss not in plan.stages:
        plan.stages[loss] = _laid_out(plan, loss)
    return plan.stages[loss]


def _laid_out(plan: Plan, loss: str) -> tuple[Stage, ...]:
    forward = [Stage("forward", part.title, _node_ids(plan, part), _arriving(plan, part)) for part in plan.parts]
    backward = [
        Stage("backward", part.title, _node_ids(plan, part), _arriving(plan, part), _leaving(plan, part))
        for part in reversed(plan.parts)
    ]
    ends = [end.step for end in plan.ends]
    to_the_end = tuple(source.wire.id for end in ends for source in end.sources)
    the_end = Stage("loss", _loss_title(plan, loss), tuple(end.node.id for end in ends), to_the_end)
    learning, weighed = _learning(plan)
    update = Stage("update", "Update", tuple(learning), tuple(weighed))
    return (*forward, the_end, *backward, update)


def _loss_title(plan: Plan, loss: str) -> str:
    """What the loss is called; with several Outputs, that of each."""
    nodes = [end.step.node for end in plan.ends]
    titles = [chosen_loss(node, loss).title for node in nodes]
    if len(titles) == 1:
        return titles[0]
    return ", ".join(f"{title} of {node.name}" for node, title in zip(nodes, titles, strict=True))


def _node_ids(plan: Plan, part: Part) -> tuple[str, ...]:
    """A block over time and all that is in it have their turn together."""
    found = [step.node.id for step in part.steps]
    for body in _bodies(plan, part):
        found += [body.path(node) for node in body.reading.layout.program.by_id]
    return tuple(found)


def _arriving(plan: Plan, part: Part) -> tuple[str, ...]:
    found = [source.wire.id for step in part.steps for source in step.sources]
    for body in _bodies(plan, part):
        found += [body.path(wire) for wire in body.reading.layout.wires]
    return tuple(found)


def _leaving(plan: Plan, part: Part) -> tuple[str, ...]:
    return tuple(source.wire.id for step in part.steps for source in plan.outgoing.get(step.node.id, ()))


def _learning(plan: Plan) -> tuple[list[str], list[str]]:
    """The nodes that learn, and the wires with a weight."""
    layouts: list[tuple[Layout, Callable[[str], str]]] = [(plan, str)]
    layouts += [(body.reading.layout, body.path) for body in plan.bodies.all]
    nodes: list[str] = []
    wires: list[str] = []
    for layout, path in layouts:
        learning = [step for part in layout.parts for step in part.steps if step.kind.learnable]
        nodes += [path(step.node.id) for step in learning]
        wires += [path(source.wire.id) for step in learning if step.kind.weighs_wires for source in step.sources]
    return nodes, wires


def _bodies(plan: Plan, part: Part) -> list[Body]:
    return plan.bodies.within(part.steps[0].node.id) if isinstance(part, Unrolled) else []
