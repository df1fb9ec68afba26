"""What joins several tensors, as ONNX writes it."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def add(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A sum of any number of tensors."""
    operator = {1: "Identity", 2: "Add"}.get(len(inputs), "Sum")
    return emitter.add(operator, inputs, step, what)


def stack(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Each tensor with a new axis, laid side by side along it."""
    axis = step.node.parameters["dim"]
    axes = emitter.constant(f"{step.node.name}/axes", numpy.array([axis], dtype=numpy.int64))
    raised = [emitter.add("Unsqueeze", [tensor, axes], step, str(number)) for number, tensor in enumerate(inputs)]
    return emitter.add("Concat", raised, step, what, axis=axis)
