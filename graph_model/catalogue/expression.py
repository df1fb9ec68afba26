"""A formula over the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graph_model.formula import FormulaText, read_formula
from graph_model.joining import joining_objection
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Objection, Shapes
from graph_model.onnx_operator import OnnxOperator


def letter_port(letter: str) -> Port:
    """The port of a letter of the formula."""
    return Port(letter, meaning=f"The numbers that stand for {letter}.")


class Expression(Kind):
    """Computes a formula, value by value.

    Each letter of the formula is an input port, in the order of the alphabet: "(1 - z) * h + z * c" has the ports c, h
    and z. Takes any shapes that go together, (batch, …): at each axis one size, or 1, which is then repeated; gives the
    larger one. Allowed are + - * / **, brackets, numbers, pi and the functions exp, log, sqrt, abs, sin, cos, tanh,
    sigmoid, relu, softplus, erf, minimum and maximum. An exponent is a number.
    """

    also_called = ("formula", "calculation")
    family = "Arithmetic"
    formula = "a = f(a, b, c, …)"
    inputs = (letter_port("a"), letter_port("b"))
    # The base class has a text `formula` for the documentation, so that the parameter is called by what it holds.
    expression = FormulaText(default="a * b", meaning="The formula, such as (1 - z) * h; each letter is an input.")
    torch = TorchCall("compiler.modules.expression.Expression", arguments=("expression",))
    onnx = OnnxOperator(emitter="expression.expression")

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        """An input port for each letter."""
        letters = read_formula(parameters["expression"]).inputs
        return self.with_ports(inputs=tuple(letter_port(letter) for letter in letters))

    def call(self, parameters: Mapping[str, Any]) -> TorchCall:
        """The module gets the checked tree as plain data: it never reads the text."""
        read = read_formula(parameters["expression"])
        assert self.torch is not None
        return replace(self.torch, fixed={"inputs": read.inputs, "tree": read.tree})

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return joining_objection(shapes)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        text = str(parameters["expression"])
        return text if len(text) <= 24 else text[:23] + "…"
