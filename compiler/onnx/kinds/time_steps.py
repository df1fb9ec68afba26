"""Single time steps of a sequence."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def numbers_at(emitter: Emitter, step: Step, sequence: str, now: int, what: str | None) -> str:
    """Return what a sequence, (batch, time, n), has at one time step: (batch, n)."""
    index = emitter.constant(f"{step.node.name}/{what}/index", numpy.array(now, numpy.int64))
    return emitter.add("Gather", [sequence, index], step, what, axis=1)
