"""How each kind is written in ONNX: as it declares, or by the function of compiler.onnx.kinds that it names."""

from __future__ import annotations

import numpy

from compiler.columns import Column
from compiler.onnx.attributes import to_onnx
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds import emitter_named
from compiler.onnx.kinds.linear import linear
from compiler.onnx.over_time import emit_over_time
from compiler.program import Step
from compiler.shapes import Shape
from graph_model import ExportError


def emit(emitter: Emitter, step: Step) -> None:
    """Write one step; raises ExportError for a kind that ONNX cannot express, by name."""
    inputs = [tensor for arrival in step.arrivals for tensor in emitter.inputs(step, arrival)]
    activation = step.node.parameters.get("activation", "Identity")
    what = None if activation == "Identity" else "sum"
    if step.kind.follows_batch:
        inputs = [emitter.first_input]
    if step.over_time is not None:
        given: str | list[str] = emit_over_time(emitter, step, step.over_time, inputs)
    else:
        given = _emit_kind(emitter, step, inputs, what)
    tensors = given if isinstance(given, list) else [given]
    if activation != "Identity":
        assert step.output_shapes is not None
        tensors[0] = emit_activation(emitter, step, activation, tensors[0], step.output_shapes[0])
    for port, key, tensor in zip(step.kind.outputs, step.results, tensors, strict=True):
        if port.indices:
            emitter.remember_indices(key, tensor, step)
        else:
            emitter.remember(key, tensor)


def emit_activation(emitter: Emitter, owner: Step | Column, name: str, tensor: str, shape: Shape) -> str:
    """Write the activation of a layer or a column, as its kind declares it, on a tensor of this shape.

    The slopes that it learned, if it learns any, are the weight "<key of the owner>.activation.weight".
    """
    given = _emit_kind(emitter, emitter.activation_step(owner, name, shape), [tensor], None)
    assert isinstance(given, str)
    return given


def _emit_kind(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    declared = step.kind.onnx
    if declared is None:
        raise ExportError(f"ONNX cannot express {step.node.kind} '{step.node.name}'.")
    if declared.emitter:
        return emitter_named(declared.emitter)(emitter, step, inputs, what)
    if declared.operator == "Gemm":
        return linear(emitter, step, inputs, what)
    weights = [_weight(emitter, step, name) for name in declared.weights if _is_given(emitter, step, name)]
    attributes = to_onnx(step.kind, step.node.parameters)
    return emitter.add(declared.operator, [*inputs, *weights], step, what, **attributes)


def _is_given(emitter: Emitter, step: Step, name: str) -> bool:
    return emitter.has_weight(step, name) or (step.kind.onnx is not None and step.kind.onnx.operator in NEEDS_ALL)


NEEDS_ALL = ("BatchNormalization",)
"""Operators whose weights are all required: those that the module lacks are the neutral ones."""


def _weight(emitter: Emitter, step: Step, name: str) -> str:
    if not emitter.has_weight(step, name):
        size = int(step.input_shapes[0][1])
        neutral = numpy.ones(size) if name in ("weight", "running_var") else numpy.zeros(size)
        return emitter.weight(step, name, neutral.astype(numpy.float32))
    value = emitter.weights[f"{step.owner}.{name}"]
    if step.kind.name == "PReLU" and value.size > 1:
        value = value.reshape(-1, *[1] * (len(step.input_shapes[0]) - 2))
    return emitter.weight(step, name, value)
