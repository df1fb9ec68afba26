"""Columns of neurons in PyTorch source: how they are made, called, and filled with a document's weights."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping

import numpy

from compiler.columns import Column, Gathering
from compiler.making_columns import TiedStarts, column_arguments, start_of
from compiler.modules.neurons import NeuronColumn, Shared
from compiler.row_plan import Row
from compiler.source.making import making_activation

Piece = tuple[list[str], list[int]]
"""Names in a document's weights, and where their numbers go in a parameter laid flat."""


def class_texts(columns: Iterable[Column]) -> str:
    """Return the text of the classes that columns need."""
    if all(column.form == "maxout" or column.is_linear for column in columns):
        return ""
    return "".join(f"\n{inspect.getsource(one)}\n" for one in (Shared, NeuronColumn))


def gathered(gathering: Gathering, texts: Mapping[str, str], ranks: Mapping[str, int]) -> str:
    """Return the expression that lays tensors side by side. `texts`, `ranks`: by key; (batch,) has rank 1."""
    laid = {1: ".unsqueeze(1)", 2: ""}
    parts = [texts[key] + laid.get(ranks[key], ".flatten(1)") for key in gathering.keys]
    together = parts[0] if len(parts) == 1 else f"torch.cat(({', '.join(parts)}), dim=1)"
    return together if gathering.picks is None else f"{together}[:, {gathering.picks.tolist()}]"


def construction(column: Column, seed: int, tied: TiedStarts) -> list[str]:
    """Return the lines that make a column; with the weights that are given, or drawn as `make_column` does."""
    lines: list[str] = []
    if column.form == "maxout":
        return lines
    weights, biases = start_of(column, seed, tied)
    arguments = column_arguments(column, weights, biases)
    if column.is_linear:
        neurons, inputs = column.shape
        matrix = numpy.array(arguments["weights"]).reshape(neurons, inputs)
        lines.append(f"self.{column.name} = nn.Linear({inputs}, {neurons})")
        given = any(source.wire.weight is not None for step in column.steps for source in step.sources)
        if given:
            lines.append(f"self.{column.name}.weight = nn.Parameter(torch.tensor({matrix.tolist()!r}))")
        lines.append(f"self.{column.name}.bias = nn.Parameter(torch.tensor({arguments['biases']!r}))")
    else:
        written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        lines.append(f"self.{column.name} = NeuronColumn({written})")
    if column.activation != "Identity":
        lines.append(f"self.{column.name}_activation = {making_activation(column.activation, len(column.steps))}")
    return lines


def call(column: Column, arriving: str) -> str:
    """Return the expression that runs a column on what arrives, laid side by side."""
    if column.form == "maxout":
        return f"{arriving}.unflatten(1, (-1, {column.shape[1]})).amax(dim=2)"
    shared = [f"self.{owner}.weight.value" for owner in column.weights.others]
    shared += [f"self.{owner}.bias.value" for owner in column.biases.others]
    value = f"self.{column.name}({', '.join([arriving, *shared])})"
    return value if column.activation == "Identity" else f"self.{column.name}_activation({value})"


def pieces(column: Column) -> dict[str, Piece]:
    """Return, for each parameter of a column, of which numbers of a document it consists."""
    if column.form == "maxout":
        return {}
    found: dict[str, Piece] = {}
    if column.form in ("full", "masked"):
        found[f"{column.name}.weight"] = (list(column.weights.names), column.places.tolist())
    else:
        found.update(_row_pieces(f"{column.name}.weight", column.weights))
    if not column.biases.is_plain:
        found.update(_row_pieces(f"{column.name}.bias", column.biases))
    else:
        found[f"{column.name}.bias"] = (list(column.biases.names), column.biases.where.tolist())
    if column.activation == "PReLU":
        names = [f"{step.node.id}.activation.weight" for step in column.steps]
        found[f"{column.name}_activation.weight"] = (names, list(range(len(names))))
    return found


def _row_pieces(name: str, row: Row) -> dict[str, Piece]:
    """The trained and the fixed numbers of a row, apart; those of other columns are theirs."""
    limits = {f"{name}.value": (0, row.trained), f"{name}.fixed": (row.trained, row.trained + row.fixed)}
    found: dict[str, Piece] = {}
    for key, (first, stop) in limits.items():
        names: list[str] = []
        places: list[int] = []
        for one, size, start in zip(row.names, row.sizes, row.starts, strict=True):
            where = row.where[start : start + max(1, size)]
            if first <= where[0] < stop:
                names.append(one)
                places += (where - first).tolist()
        if names:
            found[key] = (names, places)
    return found
