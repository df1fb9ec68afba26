"""Several wires become one."""

from __future__ import annotations

from graph_model.kind import Kind, Needs, Port, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer


class Add(Kind):
    """Adds what arrives, value by value.

    All inputs need the same shape. A wire that skips layers and ends here makes a residual connection.
    """

    family = "Combine"
    formula = "a = x₁ + x₂ + …"
    inputs = (Port("inputs", variadic=True),)
    torch = TorchCall(function="torch.add")
    onnx = OnnxOperator(emitter="combine.add")
    needs = Needs(same_shape=True)


class Concat(Kind):
    """Lays what arrives side by side along one axis, in the order of connecting.

    All other axes need the same size.
    """

    family = "Combine"
    formula = "a = [x₁, x₂, …]"
    inputs = (Port("inputs", variadic=True),)
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis along which inputs are joined; 0 is the batch.")
    torch = TorchCall(function="torch.cat", arguments=("dim",), sequence=True)
    onnx = OnnxOperator("Concat", attributes={"axis": "dim"})
    needs = Needs(axis="dim")
