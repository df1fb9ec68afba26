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
            limit = _limit(target, wire.input)
            if limit is not None:
                limits.append(limit)
            elif wire.target not in seen:
                seen.add(wire.target)
                waiting.append(target)
    return min(limits, default=None)


def _limit(step: Step, port: int) -> int | None:
    ports = step.kind.inputs
    if not ports:
        return None
    declared = ports[min(port, len(ports) - 1)]
    if declared.places and step.output_shapes is not None:
        return math.prod(int(side) for side in step.output_shapes[0][2:])
    return int(step.node.parameters[declared.below]) if declared.below else None
