"""What only acts in training, as ONNX writes it."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def dropout(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Dropout as ONNX has it: in inference it passes everything on."""
    ratio = emitter.constant(f"{step.node.name}/ratio", numpy.array(step.node.parameters["p"], dtype=numpy.float32))
    return emitter.add("Dropout", [*inputs, ratio], step, what)
