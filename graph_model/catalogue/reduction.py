"""One number in the place of all along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import axis_objection
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Real


class Reduction(Kind):
    """What works along one axis; never along the batch, whose samples stay apart."""

    family = "Arithmetic"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis along which it goes; 0 is the batch.")
    keepdim = Boolean(default=False, meaning="Whether the axis stays, with size 1, instead of going away.")
    onnx = OnnxOperator(emitter="reduction.reduced")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """A sample stays at least a vector, as every layer that follows takes it."""
        wrong = axis_objection(shapes, parameters["dim"])
        if wrong is not None or len(shapes[0] or ()) > 2 or parameters["keepdim"]:
            return wrong
        return Objection(
            "nothing but the batch would be left; with keepdim the axis stays, with size 1", {"keepdim": True}
        )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"axis {parameters['dim']}"


class Mean(Reduction):
    """Averages along one axis.

    Takes (batch, …) and gives it without the axis, or with size 1 in its place. Over time, axis 1 of (batch, time,
    features), it makes one vector of a sequence of any length.
    """

    also_called = ("average", "reduce")
    formula = "a = (1/n) Σᵢ xᵢ"
    torch = TorchCall(function="torch.mean", arguments=("dim", "keepdim"))


class Sum(Reduction):
    """Adds up along one axis.

    Takes (batch, …) and gives it without the axis, or with size 1 in its place.
    """

    also_called = ("total", "reduce")
    formula = "a = Σᵢ xᵢ"
    torch = TorchCall(function="torch.sum", arguments=("dim", "keepdim"))


class Max(Reduction):
    """Takes the largest value along one axis.

    Takes (batch, …) and gives it without the axis, or with size 1 in its place. Only the largest value gets a gradient;
    values that are equally large share it.
    """

    also_called = ("maximum", "reduce")
    formula = "a = maxᵢ xᵢ"
    torch = TorchCall(function="torch.amax", arguments=("dim", "keepdim"))


class Min(Reduction):
    """Takes the smallest value along one axis.

    Takes (batch, …) and gives it without the axis, or with size 1 in its place. Only the smallest value gets a
    gradient; values that are equally small share it.
    """

    also_called = ("minimum", "reduce")
    formula = "a = minᵢ xᵢ"
    torch = TorchCall(function="torch.amin", arguments=("dim", "keepdim"))


class Norm(Reduction):
    """Measures the length of the vectors along one axis.

    Takes (batch, …) and gives it without the axis, or with size 1 in its place. Order 2 is the Euclidean length, order
    1 the sum of the absolute values.
    """

    also_called = ("length", "magnitude")
    formula = "a = (Σᵢ |xᵢ|ᵖ)^(1/p)"
    ord = Real(default=2.0, minimum=1.0, maximum=16.0, meaning="The order p of the norm.")
    torch = TorchCall(function="torch.linalg.vector_norm", arguments=("ord", "dim", "keepdim"))
    onnx = OnnxOperator(emitter="reduction.norm")
