"""Comparisons of two inputs as ONNX writes them."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def cosine_similarity(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The product of both over the product of their lengths, none of which is below eps."""
    values, name = step.node.parameters, step.node.name
    axis = emitter.constant(f"{name}/axis", numpy.array([values["dim"]], dtype=numpy.int64))
    eps = emitter.constant(f"{name}/eps", numpy.array(values["eps"], dtype=numpy.float32))
    keepdims = int(values["keepdim"])
    product = emitter.add("Mul", inputs, step, "products")
    total = emitter.add("ReduceSum", [product, axis], step, "total", keepdims=keepdims)
    lengths = [
        emitter.add("ReduceL2", [tensor, axis], step, f"length {number}", keepdims=keepdims)
        for number, tensor in enumerate(inputs, start=1)
    ]
    limited = [
        emitter.add("Max", [length, eps], step, f"length {number} or eps")
        for number, length in enumerate(lengths, start=1)
    ]
    return emitter.add("Div", [total, emitter.add("Mul", limited, step, "lengths")], step, what)


def pairwise_distance(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The norm of the difference, to each number of which eps is added."""
    values, name = step.node.parameters, step.node.name
    axis = emitter.constant(f"{name}/axis", numpy.array([-1], dtype=numpy.int64))
    eps, power, root = (
        emitter.constant(f"{name}/{part}", numpy.array(value, dtype=numpy.float32))
        for part, value in (("eps", values["eps"]), ("p", values["p"]), ("root", 1.0 / values["p"]))
    )
    difference = emitter.add("Add", [emitter.add("Sub", inputs, step, "difference"), eps], step, "difference and eps")
    size = emitter.add("Pow", [emitter.add("Abs", [difference], step, "sizes"), power], step, "powers")
    total = emitter.add("ReduceSum", [size, axis], step, "total", keepdims=int(values["keepdim"]))
    return emitter.add("Pow", [total, root], step, what)
