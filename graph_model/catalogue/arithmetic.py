"""Arithmetic on values: products, differences, powers, matrix products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import resizing
from graph_model.joining import forcing, joining_objection
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Insertion, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Real


class Joining(Kind):
    """What is joined value by value, with a size of 1 repeated."""

    family = "Arithmetic"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return joining_objection(shapes)


class Multiply(Joining):
    """Multiplies what arrives, value by value.

    Takes any number of wires, (batch, …), and gives the same shape. Shapes need equally many axes, and at each axis the
    same size or 1, which is then repeated. A product with values between 0 and 1 is a gate: it lets through or holds
    back.
    """

    also_called = ("product", "gate", "times", "hadamard")
    formula = "a = x₁ ⊙ x₂ ⊙ …"
    inputs = (Port("inputs", variadic=True),)
    torch = TorchCall(function="torch.mul")
    onnx = OnnxOperator(emitter="arithmetic.product")


class Subtract(Joining):
    """Subtracts the second input from the first, value by value.

    Takes (batch, …) twice and gives the same shape. Shapes need equally many axes, and at each axis the same size or 1,
    which is then repeated.
    """

    also_called = ("minus", "difference")
    formula = "y = a − b"
    inputs = (Port("a", meaning="What is subtracted from."), Port("b", meaning="What is subtracted."))
    torch = TorchCall(function="torch.sub")
    onnx = OnnxOperator("Sub")


class Divide(Joining):
    """Divides the first input by the second, value by value.

    Takes (batch, …) twice and gives the same shape. Shapes need equally many axes, and at each axis the same size or 1,
    which is then repeated. A divisor near 0 makes values and gradients very large.
    """

    also_called = ("quotient", "ratio")
    formula = "y = a / b"
    inputs = (Port("a", meaning="What is divided."), Port("b", meaning="The divisor."))
    torch = TorchCall(function="torch.div")
    onnx = OnnxOperator("Div")


class MatMul(Kind):
    """Multiplies the matrices of each sample.

    Takes (batch, rows, n) and (batch, n, columns) and gives (batch, rows, columns); one more axis before the rows, such
    as the heads of an attention, is kept. The queries times the transposed keys are the scores of an attention.
    """

    also_called = ("matrix product", "matrix multiplication", "bmm")
    family = "Arithmetic"
    formula = "Y = A B"
    inputs = (
        Port("a", gathers=False, meaning="The left matrix A, (batch, rows, n)."),
        Port("b", gathers=False, meaning="The right matrix B, (batch, n, columns)."),
    )
    torch = TorchCall(function="torch.matmul")
    onnx = OnnxOperator("MatMul")
    needs = Needs(ranks=(3, 4), words="a matrix for each sample: (batch, rows, columns)")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        first, second = shapes
        assert first is not None
        assert second is not None
        if first[-1] == second[-2] and first[:-2] == second[:-2]:
            return None
        words = (
            "the columns (last axis) of the first must be as many as the rows of the second, and all axes before "
            "these the same"
        )
        if first[:-2] != second[:-2]:
            fitting = (*first[:-2], first[-1], second[-1])
            return Objection(words, insertion=forcing(1, second, fitting))
        if first[-1] != second[-1]:
            fitting = (*first[:-1], second[-2])
            layer = resizing(0, int(second[-2])) if len(first) == 3 else forcing(0, first, fitting)
            return Objection(words, insertion=layer)
        rank = len(second)
        transposed = [*range(rank - 2), rank - 1, rank - 2]
        return Objection(words, insertion=Insertion(1, "Permute", {"dims": transposed}))


class Power(Kind):
    """Raises each value to a power.

    Takes and gives (batch, …). With an exponent that is no whole number, a negative value gives no number (NaN).
    """

    also_called = ("square", "exponent")
    family = "Arithmetic"
    formula = "a = xᵖ"
    exponent = Real(default=2.0, minimum=-16.0, maximum=16.0, meaning="The power p to which each value is raised.")
    torch = TorchCall(function="torch.pow", arguments=("exponent",))
    onnx = OnnxOperator(emitter="arithmetic.power")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"x^{parameters['exponent']:g}"


class Sqrt(Kind):
    """Takes the square root of each value.

    Takes and gives (batch, …). A negative value gives no number (NaN); near 0 the gradient grows without bound.
    """

    also_called = ("square root", "root")
    family = "Arithmetic"
    formula = "a = √x"
    torch = TorchCall(function="torch.sqrt")
    onnx = OnnxOperator("Sqrt")


class Exp(Kind):
    """Takes e to the power of each value.

    Takes and gives (batch, …). Values above 88.7 become infinite.
    """

    also_called = ("exponential",)
    family = "Arithmetic"
    formula = "a = eˣ"
    torch = TorchCall(function="torch.exp")
    onnx = OnnxOperator("Exp")


class Log(Kind):
    """Takes the natural logarithm of each value.

    Takes and gives (batch, …). A negative value gives no number (NaN), and 0 gives −∞.
    """

    also_called = ("logarithm", "ln")
    family = "Arithmetic"
    formula = "a = ln x"
    torch = TorchCall(function="torch.log")
    onnx = OnnxOperator("Log")


class Abs(Kind):
    """Takes the absolute value of each value.

    Takes and gives (batch, …).
    """

    also_called = ("absolute value", "magnitude")
    family = "Arithmetic"
    formula = "a = |x|"
    torch = TorchCall(function="torch.abs")
    onnx = OnnxOperator("Abs")


class Negate(Kind):
    """Turns the sign of each value.

    Takes and gives (batch, …).
    """

    also_called = ("minus", "sign")
    family = "Arithmetic"
    formula = "a = −x"
    torch = TorchCall(function="torch.neg")
    onnx = OnnxOperator("Neg")


class Clamp(Kind):
    """Keeps each value between two limits.

    Takes and gives (batch, …). Outside of the limits the gradient is 0.
    """

    also_called = ("clip", "limit")
    family = "Arithmetic"
    formula = "a = min(max(x, min), max)"
    min = Real(default=0.0, optional=True, meaning="The lower limit; empty for none.")
    max = Real(default=1.0, optional=True, meaning="The upper limit; empty for none.")
    torch = TorchCall(function="torch.clamp", arguments=("min", "max"))
    onnx = OnnxOperator(emitter="arithmetic.clamp")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        lower, upper = parameters["min"], parameters["max"]
        if lower is None and upper is None:
            return Objection("it has neither a lower nor an upper limit: give min or max", {"min": 0.0})
        if lower is not None and upper is not None and lower > upper:
            words = f"its lower limit min = {lower:g} lies above its upper limit max = {upper:g}"
            return Objection(words, {"min": upper, "max": lower})
        return None

    def summary(self, parameters: Mapping[str, Any]) -> str:
        lower, upper = parameters["min"], parameters["max"]
        return f"{'−∞' if lower is None else f'{lower:g}'} … {'∞' if upper is None else f'{upper:g}'}"


class Scale(Kind):
    """Multiplies every value by one factor and adds one shift.

    Takes and gives (batch, …). Factor and shift stay as they are, or are learned, beginning with these values.
    """

    also_called = ("gain", "multiply by number", "shift")
    family = "Arithmetic"
    formula = "a = s x + t"
    learnable = True
    factor = Real(default=1.0, meaning="The factor s.")
    shift = Real(default=0.0, meaning="The shift t that is added.")
    learned = Boolean(default=False, meaning="Whether training changes the factor and the shift.")
    torch = TorchCall("compiler.modules.arithmetic.Scale", arguments=("factor", "shift", "learned"))
    onnx = OnnxOperator(emitter="arithmetic.scale")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        factor, shift = parameters["factor"], parameters["shift"]
        scaled = "x" if factor == 1 else f"{factor:g}x"
        return scaled if shift == 0 else f"{scaled} {'+' if shift > 0 else '−'} {abs(shift):g}"
