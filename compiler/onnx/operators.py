"""How each kind is written in ONNX: by its declaration where one operator says it, else by a function here."""

from __future__ import annotations

from collections.abc import Callable

import numpy

from compiler.columns import Column
from compiler.onnx.attributes import sizes, to_onnx
from compiler.onnx.emitter import Array, Emitter, key_of
from compiler.onnx.recurrent import emit_lstm
from compiler.program import Step
from graph_model import ExportError

ACTIVATION_OPERATORS: dict[str, tuple[str, dict[str, float]]] = {
    "Sigmoid": ("Sigmoid", {}),
    "Tanh": ("Tanh", {}),
    "ReLU": ("Relu", {}),
    "LeakyReLU": ("LeakyRelu", {"alpha": 0.01}),
    "PReLU": ("PRelu", {}),
    "ELU": ("Elu", {"alpha": 1.0}),
    "GELU": ("Gelu", {}),
    "Softmax": ("Softmax", {"axis": -1}),
}
"""A layer's own activation in ONNX; where it has attributes, with the values that it then has."""


def emit(emitter: Emitter, step: Step) -> None:
    """Write one step; raises ExportError for a kind that ONNX cannot express, by name."""
    inputs = [tensor for arrival in step.arrivals for tensor in emitter.inputs(step, arrival)]
    activation = step.node.parameters.get("activation", "Identity")
    what = None if activation == "Identity" else "sum"
    tensor = _emit_kind(emitter, step, inputs, what)
    if activation != "Identity":
        slopes = emitter.weights.get(f"{step.node.id}.activation.weight")
        tensor = emit_activation(emitter, step, activation, tensor, slopes)
    emitter.remember(step.node.id, tensor)


def emit_activation(emitter: Emitter, owner: Step | Column, name: str, tensor: str, slopes: Array | None) -> str:
    """Write the activation of a layer or a column; `slopes`: those that it learned, if it learns any."""
    operator, attributes = ACTIVATION_OPERATORS[name]
    inputs = [tensor]
    if slopes is not None:
        inputs.append(emitter.constant(f"{key_of(owner)}.activation.weight", slopes))
    return emitter.add(operator, inputs, owner, None, **attributes)


def _emit_kind(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    declared = step.kind.onnx
    if declared is None:
        raise ExportError(f"ONNX cannot express {step.node.kind} '{step.node.name}'.")
    if declared.emitter:
        return EMITTERS[declared.emitter](emitter, step, inputs, what)
    if declared.operator == "Gemm":
        return _linear(emitter, step, inputs, what)
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
    value = emitter.weights[f"{step.node.id}.{name}"]
    if step.kind.name == "PReLU" and value.size > 1:
        value = value.reshape(-1, *[1] * (len(step.input_shapes[0]) - 2))
    return emitter.weight(step, name, value)


def _linear(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Gemm for vectors; for (batch, time, features) a matrix product and a sum."""
    has_bias = emitter.has_weight(step, "bias")
    if len(step.input_shapes[0]) == 2:
        weights = [emitter.weight(step, "weight")] + ([emitter.weight(step, "bias")] if has_bias else [])
        return emitter.add("Gemm", [*inputs, *weights], step, what, transB=1)
    transposed = emitter.weight(step, "weight", emitter.weights[f"{step.node.id}.weight"].T)
    if not has_bias:
        return emitter.add("MatMul", [*inputs, transposed], step, what)
    product = emitter.add("MatMul", [*inputs, transposed], step, "product")
    return emitter.add("Add", [product, emitter.weight(step, "bias")], step, what)


def _add(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    operator = {1: "Identity", 2: "Add"}.get(len(inputs), "Sum")
    return emitter.add(operator, inputs, step, what)


def _dropout(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Dropout as ONNX has it: in inference it passes everything on."""
    ratio = emitter.constant(f"{step.node.name}/ratio", numpy.array(step.node.parameters["p"], dtype=numpy.float32))
    return emitter.add("Dropout", [*inputs, ratio], step, what)


def _flatten(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    rank = len(step.input_shapes[0])
    start, end = (step.node.parameters[name] % rank for name in ("start_dim", "end_dim"))
    if (start, end) == (1, rank - 1):
        return emitter.add("Flatten", inputs, step, what, axis=1)
    return _reshape(emitter, step, inputs, what)


def _reshape(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Another shape of a sample's numbers; the batch stays."""
    assert step.output_shapes is not None
    shape = [-1, *(int(axis) for axis in step.output_shapes[0][1:])]
    target = emitter.constant(f"{step.node.name}/shape", numpy.array(shape, dtype=numpy.int64))
    return emitter.add("Reshape", [*inputs, target], step, what)


def _adaptive_average_pool(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One mean over all, or for any other size two products with matrices of means: exact for every size."""
    parts = sizes(step.node.parameters["output_size"], 2)
    if parts == [1, 1]:
        return emitter.add("GlobalAveragePool", inputs, step, what)
    height, width = (int(axis) for axis in step.input_shapes[0][2:])
    rows = emitter.constant(f"{step.node.name}/rows", means(height, parts[0]))
    columns = emitter.constant(f"{step.node.name}/columns", means(width, parts[1]).T)
    product = emitter.add("MatMul", [rows, *inputs], step, "rows_mean")
    return emitter.add("MatMul", [product, columns], step, what)


def means(size: int, parts: int) -> Array:
    """Return the matrix (parts, size) that averages as torch's adaptive pooling does: part i covers the elements
    from ⌊i·size/parts⌋ to ⌈(i+1)·size/parts⌉."""
    matrix = numpy.zeros((parts, size), dtype=numpy.float32)
    for part in range(parts):
        start, stop = part * size // parts, -(-(part + 1) * size // parts)
        matrix[part, start:stop] = 1.0 / (stop - start)
    return matrix


EMITTERS: dict[str, Callable[[Emitter, Step, list[str], str | None], str]] = {
    "add": _add,
    "dropout": _dropout,
    "flatten": _flatten,
    "reshape": _reshape,
    "adaptive_average_pool": _adaptive_average_pool,
    "lstm": emit_lstm,
}
