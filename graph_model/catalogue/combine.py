"""Several wires become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.joining import insertion_for
from graph_model.kind import Kind, Needs, Objection, Port, TorchCall
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

    def objection(self, parameters: Mapping[str, Any], shapes: Sequence[Sequence[Any] | None]) -> Objection | None:
        known = [tuple(shape) for shape in shapes if shape is not None]
        rank, dim = len(known[0]), parameters["dim"]
        if _agree_beside(known, dim % rank):
            return None
        fitting = [axis for axis in range(1, rank) if _agree_beside(known, axis)]
        words = f"joined along axis {dim}, all their other axes must agree"
        if fitting:
            return Objection(words, {"dim": fitting[0]})
        return Objection(words, insertion=insertion_for(known, repeats=False))


class Stack(Kind):
    """Lays what arrives on top of each other along a new axis, in the order of connecting.

    Takes n wires of one shape (batch, …) and gives it with an axis of size n put in at dim. Vectors of several time
    steps so become a sequence.
    """

    family = "Combine"
    formula = "y = [x₁; x₂; …]"
    inputs = (Port("inputs", variadic=True),)
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The place of the new axis; 0 is the batch.")
    torch = TorchCall(function="torch.stack", arguments=("dim",), sequence=True)
    onnx = OnnxOperator(emitter="combine.stack")
    needs = Needs(same_shape=True)

    def objection(self, parameters: Mapping[str, Any], shapes: Sequence[Sequence[Any] | None]) -> Objection | None:
        dim, rank = parameters["dim"], len(shapes[0] or ())
        if 1 <= dim <= rank or -rank <= dim < 0:
            return None
        return Objection(
            f"a new axis can stand at the places 1 to {rank}, not at {dim}", {"dim": min(max(dim, 1), rank)}
        )


def _agree_beside(shapes: Sequence[tuple[Any, ...]], axis: int) -> bool:
    """Whether shapes differ at one axis at most."""
    return len({(len(shape), shape[:axis], shape[axis + 1 :]) for shape in shapes}) == 1
