"""The gradient of every single weight on a wire and of every neuron's bias, as long as there are not too many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy
import torch

from app.training.recording import RecordedWeight
from app.training.statistics import GradientStatistics
from compiler.compiled_network import CompiledNetwork
from compiler.rows import rows_of
from graph_model import Wire

Array = numpy.ndarray[Any, Any]

MOST_NUMBERS = 4_000
"""Weights and biases of neurons up to which each one's gradient is recorded: 3 to 6 % of a step's time (measured)."""


class SingleGradients:
    """Reads ∂L/∂w of each wire and ∂L/∂b of each neuron of a compiled drawing.

    `weights`: what they are, in the order in which `measure` gives them; none if there are more than MOST_NUMBERS.
    A wire that carries a whole vector has one number for each of its elements.
    """

    def __init__(self, module: CompiledNetwork, statistics: GradientStatistics) -> None:
        self.weights: list[RecordedWeight] = []
        flat = statistics.flat
        self._buffer = None if flat is None else flat.gradients.numpy()
        self._tensors: list[torch.Tensor] = []
        rows = list(rows_of(module))
        if sum(len(row.where) for row in rows) > MOST_NUMBERS:
            rows = []
        starts = {} if flat is None else dict(zip(map(id, flat.parameters), flat.starts, strict=True))
        where = [numpy.empty(0, dtype=numpy.int64)]
        for row in rows:
            where.append(numpy.concatenate([self._places(tensor, starts) for tensor in row.tensors])[row.where])
        self._where = numpy.concatenate(where)
        self._frozen = self._where < 0 if (self._where < 0).any() else None
        self._values = numpy.empty(len(self._where), dtype=numpy.float32)
        neuron_of = {f"{wire.id}.weight": wire.target for wire in _wires(module)} if rows else {}
        for row in rows:
            for name, size in zip(row.names, row.sizes, strict=True):
                neuron = neuron_of.get(name) or name.partition(".")[0]
                self.weights += [RecordedWeight(name, neuron)] * max(1, size)

    def measure(self) -> Array:
        """Return float32 (weights,): the present gradient of each; not a number where it is frozen.

        The array is used again by the next call.
        """
        flat = self._buffer
        if flat is None and self._tensors:
            gradients = [
                torch.zeros(tensor.numel(), device=tensor.device) if tensor.grad is None else tensor.grad.reshape(-1)
                for tensor in self._tensors
            ]
            flat = torch.cat(gradients).cpu().numpy()
        if flat is not None and len(self._where):
            numpy.take(flat, self._where, out=self._values, mode="clip")
        if self._frozen is not None:
            self._values[self._frozen] = numpy.nan
        return self._values

    def _places(self, tensor: torch.Tensor, starts: dict[int, int]) -> Array:
        """Where the gradient of each number of a tensor is found; −1 for what is not trained."""
        if not tensor.requires_grad:
            return numpy.full(tensor.numel(), -1)
        if id(tensor) not in starts:
            starts[id(tensor)] = sum(other.numel() for other in self._tensors)
            self._tensors.append(tensor)
        return numpy.arange(tensor.numel()) + starts[id(tensor)]


def _wires(module: CompiledNetwork) -> Iterator[Wire]:
    for column in module.plan.columns:
        for step in column.steps:
            for source in step.arrivals[0].sources:
                yield source.wire
