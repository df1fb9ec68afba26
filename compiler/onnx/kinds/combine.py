"""What joins several tensors, as ONNX writes it."""

from __future__ import annotations

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def add(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A sum of any number of tensors."""
    operator = {1: "Identity", 2: "Add"}.get(len(inputs), "Sum")
    return emitter.add(operator, inputs, step, what)
