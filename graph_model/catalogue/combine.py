"""Several wires become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import axis_objection, new_axis_objection
from graph_model.joining import agree_beside, disagreement, same_shape_objection
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer


class Add(Kind):
    """Adds what arrives, value by value.

    Takes any number of wires of one shape (batch, …) and gives that shape. A wire that skips layers and ends here
    makes a residual connection.
    """

    source = "He et al., Deep Residual Learning for Image Recognition (2016)"
    also_called = ("plus", "sum", "residual connection", "skip connection")
    family = "Combine"
    formula = "a = x₁ + x₂ + …"
    inputs = (Port("inputs", variadic=True),)
    torch = TorchCall(function="torch.add")
    onnx = OnnxOperator(emitter="combine.add")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return same_shape_objection(shapes)


class Concat(Kind):
    """Lays what arrives side by side along one axis, in the order of connecting.

    Takes any number of wires, (batch, …), and gives one tensor as long along dim as all of them together. All other
    axes need the same size: (batch, 3) and (batch, 5) become (batch, 8).
    """

    also_called = ("concatenate", "join", "side by side", "cat")
    family = "Combine"
    formula = "a = [x₁, x₂, …]"
    inputs = (Port("inputs", variadic=True),)
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis along which inputs are joined; 0 is the batch.")
    torch = TorchCall(function="torch.cat", arguments=("dim",), sequence=True)
    onnx = OnnxOperator("Concat", attributes={"axis": "dim"})

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        wrong = axis_objection(shapes, parameters["dim"])
        known = [shape for shape in shapes if shape is not None]
        rank = len(known[0])
        axis = parameters["dim"] % rank
        if wrong is not None or agree_beside(axis)(known):
            return wrong
        words = f"joined along axis {parameters['dim']}, all their other axes must agree"
        fitting = [other for other in range(1, rank) if agree_beside(other)(known)]
        if fitting:
            return Objection(words, {"dim": fitting[0]})
        return disagreement(shapes, words, agree_beside(axis))


class Stack(Kind):
    """Lays what arrives on top of each other along a new axis, in the order of connecting.

    Takes n wires of one shape (batch, …) and gives it with an axis of size n put in at dim. Vectors of several time
    steps so become a sequence.
    """

    also_called = ("pile", "join")
    family = "Combine"
    formula = "y = [x₁; x₂; …]"
    inputs = (Port("inputs", variadic=True),)
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The place of the new axis; 0 is the batch.")
    torch = TorchCall(function="torch.stack", arguments=("dim",), sequence=True)
    onnx = OnnxOperator(emitter="combine.stack")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return same_shape_objection(shapes) or new_axis_objection(shapes, parameters["dim"])
