"""The numbers of the columns of neurons, one for each wire and each bias, wherever the module keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy
import torch
from torch import nn

from compiler.columns import Column
from compiler.compiled_network import CompiledNetwork
from compiler.modules.neurons import NeuronColumn, Shared
from compiler.row_plan import Row

Array = numpy.ndarray[Any, Any]


@dataclass(frozen=True)
class NumberRow:
    """Some numbers of a column, in order: number i is at `where[i]` of the tensors laid flat and end to end.

    `names`: by which a document knows them. `sizes`: how many numbers belong to each (0: a single one, a scalar).
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    tensors: tuple[torch.Tensor, ...]
    where: Array

    def named(self, reading: Callable[[torch.Tensor], torch.Tensor | None]) -> dict[str, Array]:
        """Return what `reading` gives for each tensor, by name; names for which it gives None are left out."""
        pieces = [reading(tensor) for tensor in self.tensors]
        if all(piece is None for piece in pieces):
            return {}
        flat, known = self._flat(pieces)
        values, is_known = flat[self.where], known[self.where]
        return {
            name: values[start : start + size].copy() if size else values[start, ...].copy()
            for name, size, start in zip(self.names, self.sizes, self.starts, strict=True)
            if is_known[start]
        }

    def overwrite(self, weights: Mapping[str, Any]) -> set[str]:
        """Take over those numbers whose name is there and fits; return their names. Of a shared one, the first wins."""
        flat, _ = self._flat(list(self.tensors))
        applied: set[str] = set()
        entries = list(zip(self.names, self.sizes, self.starts, strict=True))
        for name, size, start in reversed(entries):
            given = weights.get(name)
            if given is None or numpy.shape(given) != ((size,) if size else ()):
                continue
            flat[self.where[start : start + max(1, size)]] = numpy.asarray(given)
            applied.add(name)
        if applied:
            begin = 0
            for tensor in self.tensors:
                part = flat[begin : begin + tensor.numel()]
                tensor.copy_(torch.from_numpy(part.copy()).view_as(tensor))
                begin += tensor.numel()
        return applied

    def _flat(self, pieces: list[torch.Tensor | None]) -> tuple[Array, Array]:
        """The pieces end to end, and which of the numbers are known."""
        flat = [
            numpy.full(tensor.numel(), numpy.nan) if piece is None else piece.detach().cpu().numpy().reshape(-1)
            for tensor, piece in zip(self.tensors, pieces, strict=True)
        ]
        known = [
            numpy.full(tensor.numel(), piece is not None) for tensor, piece in zip(self.tensors, pieces, strict=True)
        ]
        dtype = next(piece.dtype for piece, given in zip(flat, pieces, strict=True) if given is not None)
        return numpy.concatenate([piece.astype(dtype, copy=False) for piece in flat]).copy(), numpy.concatenate(known)


def rows_of(module: CompiledNetwork) -> Iterator[NumberRow]:
    """Return the weights on wires, the biases and the learned slopes of all columns."""
    for column in module.plan.columns:
        if column.form != "maxout":
            yield weight_row(module, column)
            yield bias_row(module, column)
        if column.activation == "PReLU":
            names = tuple(f"{step.node.id}.activation.weight" for step in column.steps)
            slopes = getattr(module, f"{column.name}_activation").weight
            count = len(names)
            yield NumberRow(names, (1,) * count, tuple(range(count)), (slopes,), numpy.arange(count))


def weight_row(module: CompiledNetwork, column: Column) -> NumberRow:
    """Return the weights on the wires of a column, in the order of its neurons and of connecting."""
    part = cast(NeuronColumn | nn.Linear, getattr(module, column.name))
    if not isinstance(part.weight, Shared):
        return _row(column.weights, (part.weight,), column.places)
    others = tuple(getattr(module, owner).weight.value for owner in column.weights.others)
    return _row(column.weights, (*_tensors(part.weight), *others), column.weights.where)


def bias_row(module: CompiledNetwork, column: Column) -> NumberRow:
    """Return the biases of a column's neurons, in their order."""
    part = cast(NeuronColumn | nn.Linear, getattr(module, column.name))
    if not isinstance(part.bias, Shared):
        return _row(column.biases, (part.bias,), numpy.arange(len(column.steps)))
    others = tuple(getattr(module, owner).bias.value for owner in column.biases.others)
    return _row(column.biases, (*_tensors(part.bias), *others), column.biases.where)


def _row(row: Row, tensors: tuple[torch.Tensor, ...], where: Array) -> NumberRow:
    return NumberRow(row.names, row.sizes, tuple(row.starts), tensors, where)


def _tensors(shared: Shared) -> tuple[torch.Tensor, ...]:
    return (shared.value,) if shared.fixed is None else (shared.value, shared.fixed)
