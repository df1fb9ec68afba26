"""An arithmetic formula as ONNX writes it: an operator for each operation of its tree."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step
from graph_model.formula import Tree, read_formula

OPERATORS = {
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "power": "Pow",
    "negate": "Neg",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "abs": "Abs",
    "sin": "Sin",
    "cos": "Cos",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "relu": "Relu",
    "softplus": "Softplus",
    "erf": "Erf",
    "minimum": "Min",
    "maximum": "Max",
}


def expression(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A formula; its parts are called by their place in the tree, "0", "0/1", …"""
    read = read_formula(step.node.parameters["expression"])
    named = dict(zip(read.inputs, inputs, strict=True))
    if isinstance(read.tree, str):
        return emitter.add("Identity", [named[read.tree]], step, what)
    return _written(emitter, step, read.tree, named, what, "part")


def _written(emitter: Emitter, step: Step, tree: Tree, named: dict[str, str], what: str | None, place: str) -> str:
    if isinstance(tree, str):
        return named[tree]
    if isinstance(tree, float):
        return emitter.constant(f"{step.node.name}/{place}", numpy.array(tree, dtype=numpy.float32))
    operands = [
        _written(emitter, step, operand, named, f"{place}/{number}", f"{place}/{number}")
        for number, operand in enumerate(tree[1:])
    ]
    return emitter.add(OPERATORS[tree[0]], operands, step, what)
