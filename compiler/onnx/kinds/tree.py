"""A recursive network, written level by level."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.time_steps import numbers_at
from compiler.program import Step

ACTIVATIONS = {"tanh": "Tanh", "relu": "Relu", "sigmoid": "Sigmoid"}


def recursive_tree(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Join the parts of each level to those of the next."""
    count = int(step.input_shapes[0][1])
    joining = _Joining(emitter, step)
    level, number = inputs[0], 0
    while count > 1:
        level = joining.next_level(level, count, f"level {number}")
        count, number = (count + 1) // 2, number + 1
    return numbers_at(emitter, step, level, 0, what)


class _Joining:
    """The one function f, with its weights as tensors."""

    def __init__(self, emitter: Emitter, step: Step) -> None:
        self.emitter = emitter
        self.step = step
        self.size = int(step.input_shapes[0][2])
        name = f"{step.node.id}.weight"
        self.weight = emitter.constant(name, emitter.weights[name].T)
        self.bias = emitter.weight(step, "bias")
        self.tensor = ""
        if step.node.parameters["tensor"]:
            name = f"{step.node.id}.tensor"
            columns = emitter.weights[name].transpose(1, 0, 2).reshape(2 * self.size, -1)
            self.tensor = emitter.constant(name, columns)

    def next_level(self, level: str, count: int, name: str) -> str:
        """Join the pairs of a level, (batch, count, n); the last part of an odd number stays."""
        paired, rest = level, ""
        if count % 2:
            sizes = self._numbers(f"{name}/sizes", count - 1, 1)
            paired, rest = self.emitter.add_several(
                "Split", [level, sizes], self.step, [f"{name}/paired", f"{name}/rest"], axis=1
            )
        pairs = self._reshaped(paired, f"{name}/pairs", 0, count // 2, 2 * self.size)
        joined = self._join(pairs, count // 2, name)
        return joined if not rest else self._add("Concat", [joined, rest], f"{name}/parts", axis=1)

    def _join(self, pairs: str, count: int, name: str) -> str:
        z = self._add("Add", [self._add("MatMul", [pairs, self.weight], f"{name}/W"), self.bias], f"{name}/b")
        if self.tensor:
            right = self._add("MatMul", [pairs, self.tensor], f"{name}/V")
            right = self._reshaped(right, f"{name}/by number", 0, count, self.size, 2 * self.size)
            left = self._reshaped(pairs, f"{name}/left", 0, count, 1, 2 * self.size)
            products = self._add("Mul", [left, right], f"{name}/products")
            last = self._numbers(f"{name}/last axis", 3)
            z = self._add("Add", [z, self._add("ReduceSum", [products, last], f"{name}/sum", keepdims=0)], f"{name}/z")
        return self._add(ACTIVATIONS[self.step.node.parameters["nonlinearity"]], [z], f"{name}/joined")

    def _add(self, operator: str, inputs: list[str], what: str, **attributes: int) -> str:
        return self.emitter.add(operator, inputs, self.step, what, **attributes)

    def _reshaped(self, tensor: str, name: str, *sizes: int) -> str:
        return self._add("Reshape", [tensor, self._numbers(f"{name}/shape", *sizes)], name)

    def _numbers(self, name: str, *values: int) -> str:
        array: Array = numpy.array(values, numpy.int64)
        return self.emitter.constant(f"{self.step.node.name}/{name}", array)
