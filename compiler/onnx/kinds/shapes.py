"""Changes of shape as ONNX writes them."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def flatten(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Some axes as one."""
    rank = len(step.input_shapes[0])
    start, end = (step.node.parameters[name] % rank for name in ("start_dim", "end_dim"))
    if (start, end) == (1, rank - 1):
        return emitter.add("Flatten", inputs, step, what, axis=1)
    return reshape(emitter, step, inputs, what)


def reshape(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Another shape of a sample's numbers; the batch stays."""
    assert step.output_shapes is not None
    shape = [-1, *(int(axis) for axis in step.output_shapes[0][1:])]
    target = emitter.constant(f"{step.node.name}/shape", numpy.array(shape, dtype=numpy.int64))
    return emitter.add("Reshape", [*inputs, target], step, what)
