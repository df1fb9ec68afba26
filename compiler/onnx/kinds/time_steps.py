"""Single time steps of a sequence, for what ONNX has no operator for and is written step by step."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def numbers_at(emitter: Emitter, step: Step, sequence: str, now: int, what: str | None) -> str:
    """Return what a sequence, (batch, time, n), has at one time step: (batch, n)."""
    index = emitter.constant(f"{step.node.name}/{what}/index", numpy.array(now, numpy.int64))
    return emitter.add("Gather", [sequence, index], step, what, axis=1)


def laid_along_time(emitter: Emitter, step: Step, every: list[str], name: str, what: str | None) -> str:
    """Return one sequence, (batch, time, n), of what each time step has, (batch, n)."""
    axis = emitter.constant(f"{step.node.name}/{name}/axis", numpy.array([1], numpy.int64))
    steps = [emitter.add("Unsqueeze", [h, axis], step, f"{name}/{now}") for now, h in enumerate(every)]
    return emitter.add("Concat", steps, step, what, axis=1)
