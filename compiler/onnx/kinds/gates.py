"""Gated connections in ONNX's plain operators."""

from __future__ import annotations

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import dense, number
from compiler.program import Step

ACTIVATIONS = {
    "ReLU": "Relu",
    "Tanh": "Tanh",
    "Sigmoid": "Sigmoid",
    "ELU": "Elu",
    "GELU": "Gelu",
    "Identity": "Identity",
}


def highway(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write the layer, its gate and the mix."""
    operator = ACTIVATIONS[step.node.parameters["transform_activation"]]
    transformed = emitter.add(operator, [dense(emitter, step, inputs[0], "transform")], step, "transformed")
    return gated_residual(emitter, step, [*inputs, transformed], what)


def gated_residual(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write T ⊙ h + (1 − T) ⊙ x."""
    given, transformed = inputs
    gate = emitter.add("Sigmoid", [dense(emitter, step, given, "gate")], step, "open")
    closed = emitter.add("Sub", [number(emitter, step, "one", 1.0), gate], step, "closed")
    new = emitter.add("Mul", [gate, transformed], step, "new")
    old = emitter.add("Mul", [closed, given], step, "old")
    return emitter.add("Add", [new, old], step, what)
