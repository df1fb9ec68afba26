"""Values that do not depend on the input, as ONNX writes them: repeated for each sample of the first input."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def constant(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Fixed numbers."""
    values = step.node.parameters
    given = numpy.array(values["values"], dtype=numpy.float32)
    places = [1] * len(values["shape"]) if given.size == 1 else values["shape"]
    value = emitter.constant(f"{step.node.name}/value", given.reshape(places))
    return _for_each_sample(emitter, step, inputs, value, what)


def learned(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Learned numbers."""
    return _for_each_sample(emitter, step, inputs, emitter.weight(step, "weight"), what)


def _for_each_sample(emitter: Emitter, step: Step, inputs: list[str], value: str, what: str | None) -> str:
    """Expand a value to (batch, *shape)."""
    batch = emitter.add("Shape", inputs[:1], step, "batch", start=0, end=1)
    sizes = numpy.array(step.node.parameters["shape"], dtype=numpy.int64)
    shape = emitter.add("Concat", [batch, emitter.constant(f"{step.node.name}/sizes", sizes)], step, "shape", axis=0)
    return emitter.add("Expand", [value, shape], step, what)
