"""What a block computes at each time step, as formulas over what it reads and what its Delays hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compiler.arrivals import Arrival, Source, result_key, sample_size
from compiler.columns import Column, Planner, key_of_input
from compiler.naming import attribute_names
from compiler.program import Program, Step
from compiler.standard_cells.algebra import (
    Bias,
    Formula,
    Piece,
    Read,
    Vector,
    Weighted,
    activated,
    added,
    atom,
    by_value,
    each,
    joined,
    multiplied,
    number,
    part,
    unknown,
    width_of,
)
from graph_model.formula import read_formula

FUNCTIONS = ("Sigmoid", "Tanh", "ReLU")
OPERATIONS: dict[str, Callable[[Formula, Formula], Formula]] = {
    "add": added,
    "subtract": lambda first, second: added(first, second, -1.0),
    "multiply": multiplied,
}
"""Of formulas that are drawn as an Expression."""
NAMED_FUNCTIONS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}


def formulas(program: Program) -> list[Vector]:
    """Return what each output of a program of vectors gives."""
    return _Reading(program).outputs()


class _Reading:
    """Visits the parts of a program in the order in which they run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.attributes = attribute_names(step.owner for step in program.steps if not step.kind.picks_elements)
        self.planner = Planner(program, (*self.attributes.values(), *(step.node.id for step in program.steps)))
        self.plan = self.planner.plan()
        self.values: dict[str, Vector] = {}

    def outputs(self) -> list[Vector]:
        for source, given in enumerate(self.program.inputs):
            width = sample_size((0, *given.shape))
            self.values[key_of_input(given)] = (Piece(width, atom(Read(source, 0, width))),)
        for one in self.plan.parts:
            if isinstance(one, Column):
                self.values[one.name] = self._column(one)
            else:
                self._layer(one)
        return [self._arriving(step.arrivals[0])[0] for step in self.program.outputs]

    def _column(self, column: Column) -> Vector:
        neurons = len(column.steps)
        taken = joined(tuple(piece for key in column.gathering.keys for piece in self.values[key]))
        if column.gathering.picks is not None:
            taken = joined(tuple(piece for at in column.gathering.picks for piece in part(taken, int(at), int(at) + 1)))
        if not column.is_linear:
            return _nothing_known(neurons)
        return _activated(column.activation, _linear(column.name, neurons, True, taken))

    def _layer(self, step: Step) -> None:
        given = [vector for arrival in step.arrivals for vector in self._arriving(arrival)]
        shapes = step.output_shapes
        assert shapes is not None
        is_flat = all(len(shape) == 2 for shape in (*step.input_shapes, *shapes))
        found = self._read(step, given, [int(shape[-1]) for shape in shapes]) if is_flat else None
        if found is None:
            found = [_nothing_known(sample_size(shape)) for shape in shapes]
        for port, vector in enumerate(found):
            self.values[result_key(step.node.id, port)] = vector

    def _read(self, step: Step, given: list[Vector], widths: list[int]) -> list[Vector] | None:
        """What leaves each port of a node that takes and gives vectors; None where that is not known."""
        kind, parameters = step.node.kind, step.node.parameters
        if kind == "Linear" and not parameters["pruned"]:
            name = self.attributes[step.owner]
            return [_activated(parameters["activation"], _linear(name, widths[0], parameters["bias"], given[0]))]
        if kind == "Split":
            cuts = itertools.pairwise(itertools.accumulate(widths, initial=0))
            return [part(given[0], start, stop) for start, stop in cuts]
        if kind == "Slice" and parameters["step"] == 1:
            kept = range(width_of(given[0]))[parameters["start"] : parameters["stop"]]
            return [part(given[0], kept.start, kept.stop)]
        if kind == "Concat":
            return [joined(tuple(piece for vector in given for piece in vector))]
        if kind == "Identity":
            return given
        found = _by_value(kind, parameters, given, widths[0])
        return None if found is None else [found]

    # What arrives

    def _arriving(self, arrival: Arrival) -> list[Vector]:
        if arrival.stacked:
            return [self._side_by_side(arrival.sources)]
        return [
            self._side_by_side((source,)) if source.is_scalar else self.values[source.key] for source in arrival.sources
        ]

    def _side_by_side(self, sources: Sequence[Source]) -> Vector:
        places = [self.plan.place_of[source.key] for source in sources]
        pieces = [part(self.values[key], column or 0, (column or 0) + 1) for key, column in places]
        return joined(tuple(piece for vector in pieces for piece in vector))


def _by_value(kind: str, parameters: Mapping[str, Any], given: list[Vector], width: int) -> Vector | None:
    """What works on each number by itself."""
    if kind in FUNCTIONS:
        return _activated(kind, given[0])
    if kind in ("Add", "Multiply"):
        operation = added if kind == "Add" else multiplied
        total = given[0]
        for vector in given[1:]:
            total = by_value(operation, total, vector)
        return total
    if kind == "Subtract":
        return by_value(OPERATIONS["subtract"], *given)
    if kind == "Negate":
        return each(lambda formula: added(number(0.0), formula, -1.0), given[0])
    if kind == "Scale" and not parameters["learned"]:
        return each(lambda formula: added(number(parameters["shift"]), formula, parameters["factor"]), given[0])
    if kind == "Constant" and len(set(parameters["values"])) == 1:
        return (Piece(width, number(parameters["values"][0])),)
    if kind == "Expression":
        read = read_formula(parameters["expression"])
        return _tree(read.tree, dict(zip(read.inputs, given, strict=True)))
    return None


def _tree(tree: Any, named: Mapping[str, Vector]) -> Vector:
    if isinstance(tree, str):
        return named[tree]
    if not isinstance(tree, tuple):
        return (Piece(1, number(float(tree))),)
    operation, *operands = tree
    values = [_tree(operand, named) for operand in operands]
    if operation in OPERATIONS:
        return by_value(OPERATIONS[operation], *values)
    if operation == "negate":
        return each(lambda formula: added(number(0.0), formula, -1.0), values[0])
    if operation in NAMED_FUNCTIONS:
        return _activated(NAMED_FUNCTIONS[operation], values[0])
    return _nothing_known(max(width_of(value) for value in values))


def _linear(name: str, rows: int, has_bias: bool, taken: Vector) -> Vector:
    """Rows of a weight matrix times what is read; nothing is known of a product with anything else."""
    total = atom(Bias(f"{name}.bias", 0, rows)) if has_bias else number(0.0)
    column = 0
    for piece in taken:
        read = _plain(piece.formula)
        if read is None:
            return _nothing_known(rows)
        total = added(total, atom(Weighted(f"{name}.weight", 0, rows, column, read)))
        column += piece.width
    return (Piece(rows, total),)


def _plain(formula: Formula) -> Read | None:
    """What is read, of a formula that is nothing else."""
    factors = [one for product, _ in formula for one, _ in product]
    if len(factors) == 1 and isinstance(factors[0], Read) and formula == atom(factors[0]):
        return factors[0]
    return None


def _activated(function: str, vector: Vector) -> Vector:
    if function == "Identity":
        return vector
    if function not in FUNCTIONS:
        return _nothing_known(width_of(vector))
    return each(lambda formula: activated(function, formula), vector)


def _nothing_known(width: int) -> Vector:
    return (Piece(width, unknown()),)
