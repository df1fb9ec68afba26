"""Which of a network's inputs must be whole numbers, and below what."""

from __future__ import annotations

import math

from compiler.program import ModuleInput, Program, Step


def index_limit(program: Program, given: ModuleInput) -> int | None:
    """Return the number that an input must stay below because its numbers are used as indices; None: it need not.

    What passes other nodes on the way counts as an index too: they may only change its shape. Where indices begin at a
    node of their own, such as a pooling, nothing is asked of what it receives.
    """
    limits: list[int] = []
    seen: set[str] = set()
    waiting = list(given.steps)
    while waiting:
        step = waiting.pop()
        for wire in program.graph.outgoing(step.node):
            if step.kind.outputs[wire.output].indices:
                continue
            target = program.by_id[wire.target]
            found = _limits_inside(target, wire.input) if target.over_time else _limits(target, wire.input)
            limits += found
            if not found and wire.target not in seen:
                seen.add(wire.target)
                waiting.append(target)
    return min(limits, default=None)


def _limits_inside(step: Step, port: int) -> list[int]:
    """Those that a block which is applied over time sets to what arrives at one of its ports."""
    assert step.over_time is not None
    limits = [index_limit(program, program.inputs[port]) for program in step.over_time.programs]
    return [limit for limit in limits if limit is not None]


def _limits(step: Step, port: int) -> list[int]:
    ports = step.kind.inputs
    if not ports:
        return []
    declared = ports[min(port, len(ports) - 1)]
    if declared.places and step.output_shapes is not None:
        return [math.prod(int(side) for side in step.output_shapes[0][2:])]
    return [int(step.node.parameters[declared.below])] if declared.below else []
