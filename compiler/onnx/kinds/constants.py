"""Values that do not depend on the input, as ONNX writes them: repeated for each sample of the first input."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import for_each_sample
from compiler.program import Step


def constant(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Fixed numbers."""
    values = step.node.parameters
    given = numpy.array(values["values"], dtype=numpy.float32)
    places = [1] * len(values["shape"]) if given.size == 1 else values["shape"]
    value = emitter.constant(f"{step.node.name}/value", given.reshape(places))
    return for_each_sample(emitter, step, inputs[0], values["shape"], value, what)


def learned(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Learned numbers."""
    value = emitter.weight(step, "weight")
    return for_each_sample(emitter, step, inputs[0], step.node.parameters["shape"], value, what)
