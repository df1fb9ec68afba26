"""Activations that no single operator of ONNX expresses."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def _number(emitter: Emitter, step: Step, name: str, value: float) -> str:
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))


def hardtanh(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Clip between the two limits."""
    limits = [_number(emitter, step, name, step.node.parameters[name]) for name in ("min_val", "max_val")]
    return emitter.add("Clip", [*inputs, *limits], step, what)


def relu6(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Clip between 0 and 6."""
    limits = [_number(emitter, step, name, value) for name, value in (("min_val", 0.0), ("max_val", 6.0))]
    return emitter.add("Clip", [*inputs, *limits], step, what)


def threshold(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """What is above the threshold, or the value."""
    values = step.node.parameters
    passes = emitter.add("Greater", [*inputs, _number(emitter, step, "threshold", values["threshold"])], step, "passes")
    return emitter.add("Where", [passes, *inputs, _number(emitter, step, "value", values["value"])], step, what)


def rrelu(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Once trained, a LeakyReLU with the mean of the slopes."""
    slope = (step.node.parameters["lower"] + step.node.parameters["upper"]) / 2
    return emitter.add("LeakyRelu", inputs, step, what, alpha=slope)


def silu(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Each value times its sigmoid."""
    gate = emitter.add("Sigmoid", inputs, step, "sigmoid")
    return emitter.add("Mul", [*inputs, gate], step, what)


def softplus(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Softplus of beta · z over beta; the value itself where beta · z is above the threshold, if that shows in
    float32."""
    values = step.node.parameters
    rounds_away = values["threshold"] >= 17.0  # ln(1 + e⁻¹⁷) = 4e-8 is below the last digit of 17
    if values["beta"] == 1.0 and rounds_away:
        return emitter.add("Softplus", inputs, step, what)
    beta = _number(emitter, step, "beta", values["beta"])
    scaled = emitter.add("Mul", [*inputs, beta], step, "scaled")
    bent = emitter.add("Softplus", [scaled], step, "softplus")
    if rounds_away:
        return emitter.add("Div", [bent, beta], step, what)
    result = emitter.add("Div", [bent, beta], step, "over beta")
    limit = _number(emitter, step, "threshold", values["threshold"])
    passes = emitter.add("Greater", [scaled, limit], step, "passes")
    return emitter.add("Where", [passes, *inputs, result], step, what)


def log_sigmoid(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """−softplus(−z)."""
    negative = emitter.add("Neg", inputs, step, "negative")
    bent = emitter.add("Softplus", [negative], step, "softplus")
    return emitter.add("Neg", [bent], step, what)


def tanhshrink(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Each value less its tanh."""
    squeezed = emitter.add("Tanh", inputs, step, "tanh")
    return emitter.add("Sub", [*inputs, squeezed], step, what)


def softmin(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Softmax of the negative values."""
    negative = emitter.add("Neg", inputs, step, "negative")
    return emitter.add("Softmax", [negative], step, what, axis=step.node.parameters["dim"])


def glu(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The first half of an axis times the sigmoid of the second."""
    axis = step.node.parameters["dim"]
    passing, gate = emitter.add_several("Split", inputs, step, ("first half", "second half"), axis=axis, num_outputs=2)
    opened = emitter.add("Sigmoid", [gate], step, "sigmoid")
    return emitter.add("Mul", [passing, opened], step, what)
