"""A planned column of neurons becomes a module, with the weights that its wires start with."""

from __future__ import annotations

from typing import Any

import numpy
import torch
from torch import nn

from compiler.arrivals import weight_count
from compiler.columns import Column
from compiler.initialisation import random_weights
from compiler.modules.neurons import MaxoutColumn, NeuronColumn
from compiler.program import Step
from compiler.row_plan import Row

Array = numpy.ndarray[Any, Any]


TiedStarts = dict[str, Array]
"""Tie -> the random weights that it starts with, as drawn by the first neuron that has it."""


def make_column(column: Column, seed: int, tied: TiedStarts) -> nn.Module:
    """Return the module of a column; weights that no wire states are drawn from each neuron's own seed.

    `tied`: one dictionary for all columns of a network, that are to be made from input to output.
    """
    if column.form == "maxout":
        return MaxoutColumn(column.shape[1])
    arguments = column_arguments(column, *start_of(column, seed, tied))
    if not column.is_linear:
        return NeuronColumn(**arguments)
    linear = nn.Linear(column.shape[1], column.shape[0])
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(arguments["weights"]).reshape(column.shape))
        linear.bias.copy_(torch.tensor(arguments["biases"]))
    return linear


def start_of(column: Column, seed: int, tied: TiedStarts) -> tuple[Array, Array]:
    """Return what the weights on a column's wires and its biases start with; `tied` as in `make_column`."""
    weights = numpy.concatenate([start_of_neuron(step, seed, tied) for step in column.steps])
    return weights, numpy.array([step.node.parameters["bias"] for step in column.steps], dtype=numpy.float64)


def column_arguments(column: Column, weights: Array, biases: Array) -> dict[str, Any]:
    """Return the arguments of a NeuronColumn as plain values; those that are as usual are left out.

    `weights`, `biases`: one for each wire's weight and each neuron, in their order in the column.
    """
    arguments: dict[str, Any] = {"shape": column.shape, "form": column.form}
    if column.form in ("full", "masked"):
        matrix = numpy.zeros(column.shape[0] * column.shape[1])
        matrix[column.places] = weights
        arguments["weights"] = matrix.tolist()
    else:
        arguments["weights"], arguments["fixed_weights"] = _parted(column.weights, weights)
        arguments["weight_where"] = _where(column.weights)
    arguments["biases"], arguments["fixed_biases"] = _parted(column.biases, biases)
    arguments["bias_where"] = _where(column.biases)
    if column.form != "full":
        arguments["neurons"], arguments["inputs"] = column.neurons.tolist(), column.inputs.tolist()
    arguments["others"] = len(column.weights.others)
    usual: dict[str, Any] = {
        "fixed_weights": [],
        "fixed_biases": [],
        "weight_where": None,
        "bias_where": None,
        "others": 0,
    }
    return {name: value for name, value in arguments.items() if name not in usual or usual[name] != value}


def _parted(row: Row, values: Array) -> tuple[list[float], list[float]]:
    """The trained numbers of a row and its fixed ones; of a shared one the first that is met."""
    kept = numpy.zeros(row.trained + row.fixed)
    here = row.where < len(kept)
    where, mine = row.where[here][::-1], values[here][::-1]
    kept[where] = mine
    return kept[: row.trained].tolist(), kept[row.trained :].tolist()


def _where(row: Row) -> list[int] | None:
    return None if row.is_plain else row.where.tolist()


def start_of_neuron(step: Step, seed: int, tied: TiedStarts | None = None) -> Array:
    """Return what the weights of a neuron start with, wire after wire."""
    sources = step.arrivals[0].sources
    counts = [weight_count(source) for source in sources]
    if all(source.wire.weight is not None for source in sources):
        drawn = numpy.zeros(sum(counts))
    else:
        drawn = random_weights(sum(counts), seed, step.node.id)
    start = 0
    for source, count in zip(sources, counts, strict=True):
        if source.wire.weight is not None:
            drawn[start : start + count] = source.wire.weight
        elif tied is not None and source.wire.tie is not None:
            drawn[start : start + count] = tied.setdefault(source.wire.tie, drawn[start : start + count].copy())
        start += count
    return drawn
