"""All operators of a program, from its inputs to its outputs."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from compiler.axis_texts import NamedSize
from compiler.columns import Column, key_of_input
from compiler.onnx.emitter import Emitter
from compiler.shapes import Shape


def emit_program(emitter: Emitter) -> None:
    """Write the program of an emitter; its outputs bear the names of its Outputs. Raises ExportError for a kind that
    ONNX cannot express."""
    from compiler.onnx.columns import emit_column
    from compiler.onnx.operators import emit

    program = emitter.program
    for given in program.inputs:
        emitter.remember(key_of_input(given), given.name)
    for part in emitter.plan.parts:
        if isinstance(part, Column):
            emit_column(emitter, part)
        else:
            emit(emitter, part)
    for step in program.outputs:
        tensor = emitter.inputs(step, step.arrivals[0])[0]
        if tensor != step.node.name:
            emitter.add("Identity", [tensor], step)


def value_info(name: str, shape: Shape) -> onnx.ValueInfoProto:
    """An input or output of a graph."""
    return helper.make_tensor_value_info(
        name, TensorProto.FLOAT, [axis.text if isinstance(axis, NamedSize) else axis for axis in shape]
    )
