"""The gradient of every single weight on a wire and of every neuron's bias, as long as there are not too many."""

from __future__ import annotations

from typing import Any

import numpy
import torch

from app.training.recording import RecordedWeight
from compiler.compiled_network import CompiledNetwork
from compiler.rows import rows_of

Array = numpy.ndarray[Any, Any]

MOST_NUMBERS = 4_000
"""Weights and biases of neurons up to which each one's gradient is recorded: about 1 % of a step's time (measured)."""


class SingleGradients:
    """Reads ∂L/∂w of each wire and ∂L/∂b of each neuron of a compiled drawing.

    `weights`: what they are, in the order in which `measure` gives them; none if there are more than MOST_NUMBERS.
    A wire that carries a whole vector has one number for each of its elements.
    """

    def __init__(self, module: CompiledNetwork) -> None:
        self.weights: list[RecordedWeight] = []
        self._tensors: list[torch.Tensor] = []
        self._where = numpy.empty(0, dtype=numpy.int64)
        owner = {f"{wire.id}.weight": wire.target for wire in self._wires(module)}
        rows = list(rows_of(module))
        if sum(len(row.where) for row in rows) > MOST_NUMBERS:
            return
        starts: dict[int, int] = {}
        length = 0
        where: list[Array] = []
        for row in rows:
            for tensor in row.tensors:
                if tensor.requires_grad and id(tensor) not in starts:
                    starts[id(tensor)] = length
                    length += tensor.numel()
                    self._tensors.append(tensor)
            places = [
                numpy.arange(tensor.numel()) + starts[id(tensor)]
                if tensor.requires_grad
                else numpy.full(tensor.numel(), -1)
                for tensor in row.tensors
            ]
            where.append(numpy.concatenate(places)[row.where])
            for name, size in zip(row.names, row.sizes, strict=True):
                node = owner.get(name) or name.partition(".")[0]
                self.weights += [RecordedWeight(name, node)] * max(1, size)
        if where:
            self._where = numpy.concatenate(where)
        self._frozen = self._where < 0

    def measure(self) -> Array:
        """Return float32 (weights,): the present gradient of each; not a number where it is frozen."""
        if not self.weights:
            return numpy.empty(0, dtype=numpy.float32)
        gradients = [
            torch.zeros(tensor.numel()) if tensor.grad is None else tensor.grad.reshape(-1) for tensor in self._tensors
        ]
        if not gradients:
            return numpy.full(len(self.weights), numpy.nan, dtype=numpy.float32)
        together = torch.cat(gradients).cpu().numpy()
        values: Array = together[self._where].astype(numpy.float32)
        values[self._frozen] = numpy.nan
        return values

    @staticmethod
    def _wires(module: CompiledNetwork) -> list[Any]:
        return [
            source.wire
            for column in module.plan.columns
            for step in column.steps
            for source in step.arrivals[0].sources
        ]
