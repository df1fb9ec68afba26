"""Which of a network's inputs must be whole numbers, and below what."""

from __future__ import annotations

from compiler.program import ModuleInput, Program, Step


def index_limit(program: Program, given: ModuleInput) -> int | None:
    """Return the number that an input must stay below because its numbers are used as indices; None: it need not.

    What passes other nodes on the way counts as an index too: they may only change its shape.
    """
    limits: list[int] = []
    seen: set[str] = set()
    waiting = list(given.steps)
    while waiting:
        step = waiting.pop()
        for wire in program.graph.outgoing(step.node):
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
    below = ports[min(port, len(ports) - 1)].below
    return int(step.node.parameters[below]) if below else None
