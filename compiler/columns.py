"""Neurons in columns: which of them run together as one matrix operation, and where each of their numbers is kept.

Neurons of one depth and one activation never feed each other, so they are one product. Everything here is plain data;
compiler.modules.neurons runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from compiler.arrivals import sample_size, weight_count
from compiler.naming import free_attribute
from compiler.program import ModuleInput, Program, Step
from compiler.row_plan import Owners, Row, RowBuilder
from compiler.shapes import Shape
from graph_model.catalogue.neurons import BIAS_TIE

Array = numpy.ndarray[Any, Any]
Place = tuple[str, int | None]
"""A tensor, by the id of its node or the name of its column, and one of its columns; None: all of it."""

SCALARS = "*"
"""The key of the one tensor that all scalar inputs of a drawing take together; no node has such an id."""
MOST_SPARSE = 0.01
"""The share of wired pairs up to which adding up wire by wire is faster than a product with a matrix (measured)."""
LEAST_MASKED = 0.3
"""The share from which on a masked matrix is faster than laying the weights into one (measured)."""
SMALLEST_SPARSE = 40_000
"""Pairs of neuron and input from which on sparse wiring is worth while."""


@dataclass(frozen=True)
class Gathering:
    """Tensors that are laid side by side, by key, and the columns of them that are picked (None: all, in order)."""

    keys: tuple[str, ...]
    picks: Array | None


@dataclass(frozen=True)
class Column:
    """Neurons, or maxout groups of one size, that run together.

    `name`: what its module is called. `form`: how its weights are held, or "maxout". `neurons`, `inputs`: for each
    weight the row and the column of W, a matrix of `shape` (neurons, inputs).
    """

    name: str
    depth: int
    steps: tuple[Step, ...]
    activation: str
    gathering: Gathering
    form: str
    shape: tuple[int, int]
    neurons: Array
    inputs: Array
    weights: Row
    biases: Row

    @property
    def is_linear(self) -> bool:
        """Whether a column is just what nn.Linear is."""
        return self.form == "full" and self.biases.is_plain

    @property
    def places(self) -> Array:
        """For each weight, where it is in W laid flat."""
        return self.neurons * self.shape[1] + self.inputs


@dataclass(frozen=True)
class ColumnPlan:
    """The columns of a program, from input to output, and where each result (see program.result_key) is found.

    `parts`: what runs, columns and the layers between them, each after what feeds it.
    """

    columns: tuple[Column, ...]
    place_of: dict[str, Place]
    parts: tuple[Step | Column, ...]

    def gathering(self, results: Iterable[str], width_of: Callable[[str], int]) -> Gathering:
        """Return how these results, each a single number, are laid side by side."""
        return _gathering([self.place_of[key] for key in results], width_of)


def key_of_input(given: ModuleInput) -> str:
    """The key of one of the tensors that the network takes."""
    return SCALARS if given.is_of_scalars else given.steps[0].node.id


def shape_of(program: Program, key: str) -> Shape:
    """The shape of a result of a node."""
    node_id, _, output = key.partition(":")
    shapes = program.by_id[node_id].output_shapes
    assert shapes is not None
    return shapes[int(output or 0)]


class Planner:
    """Plans the columns of a program whose steps have no fault."""

    def __init__(self, program: Program, taken: Iterable[str]) -> None:
        self.program = program
        self.taken = set(taken)
        self.columns: list[Column] = []
        self.place_of: dict[str, Place] = {}
        self.widths: dict[str, int] = {}
        self._weight_owners, self._bias_owners = Owners(), Owners()

    def plan(self) -> ColumnPlan:
        """Group the neurons and find a place for every number."""
        groups: dict[tuple[Any, ...], list[Step]] = {}
        scalars = 0
        for step in self.program.steps:
            if step.kind.weighs_wires:
                groups.setdefault((step.depth, str(step.node.parameters["activation"])), []).append(step)
            elif step.kind.picks_elements:
                size = sum(weight_count(source) for source in step.sources)
                groups.setdefault((step.depth, "", size), []).append(step)
            elif step.kind.gives_scalar:
                self.place_of[step.node.id] = (SCALARS, scalars)
                scalars += 1
            else:
                self.place_of.update((key, (key, None)) for key in step.results)
        if scalars:
            self.widths[SCALARS] = scalars
        for number, (key, steps) in enumerate(sorted(groups.items(), key=lambda group: group[0][:2]), start=1):
            self._add_column(
                free_attribute(f"column_{number}", self.taken), key[0], key[1], steps, maxout=len(key) == 3
            )
        return ColumnPlan(tuple(self.columns), self.place_of, self._parts())

    def _parts(self) -> tuple[Step | Column, ...]:
        layers = [
            step
            for step in self.program.steps
            if step.kind.outputs and not step.kind.brings_data and not step.kind.picks_elements
        ]
        parts: list[Step | Column] = [*self.columns, *layers]
        return tuple(sorted(parts, key=lambda part: part.depth))

    def is_layer_result(self, key: str) -> bool:
        """Whether a tensor is what a layer or an Input gives, not a column or the scalar inputs."""
        return key.partition(":")[0] in self.program.by_id

    def width_of(self, key: str) -> int:
        """How many columns a tensor has."""
        if key not in self.widths:
            self.widths[key] = sample_size(shape_of(self.program, key))
        return self.widths[key]

    def _add_column(self, name: str, depth: int, activation: str, steps: list[Step], maxout: bool) -> None:
        for row, step in enumerate(steps):
            self.place_of[step.node.id] = (name, row)
        self.widths[name] = len(steps)
        rows, keys, columns = self._slots(steps)
        if maxout:
            gathering = _gathering(list(zip(keys, columns, strict=True)), self.width_of)
            shape, form = (len(steps), len(rows) // len(steps)), "maxout"
            none = numpy.empty(0, numpy.int64)
            empty = Row((), (), none, 0, 0, (), False)
            self.columns.append(
                Column(name, depth, tuple(steps), "Identity", gathering, form, shape, none, none, empty, empty)
            )
            return
        gathering, inputs = self._inputs(keys, columns)
        neurons = numpy.array(rows, dtype=numpy.int64)
        shape = (len(steps), int(inputs.max(initial=-1)) + 1)
        weights, biases = self._weight_row(name, steps), self._bias_row(name, steps)
        form = _form(weights, neurons * shape[1] + inputs, shape)
        self.columns.append(
            Column(name, depth, tuple(steps), activation, gathering, form, shape, neurons, inputs, weights, biases)
        )

    def _slots(self, steps: list[Step]) -> tuple[list[int], list[str], list[int]]:
        """For each weight: its neuron's row, the tensor and the column there that it multiplies."""
        rows: list[int] = []
        keys: list[str] = []
        columns: list[int] = []
        for row, step in enumerate(steps):
            for source in step.arrivals[0].sources:
                key, column = self.place_of[source.key]
                if source.wire.element is not None:
                    column = source.wire.element
                if column is not None:
                    rows.append(row)
                    keys.append(key)
                    columns.append(column)
                    continue
                size = weight_count(source)
                rows += [row] * size
                keys += [key] * size
                columns += range(size)
        return rows, keys, columns

    def _inputs(self, keys: list[str], columns: list[int]) -> tuple[Gathering, Array]:
        """What is laid side by side for a column, each used number once, and for each weight which of them it takes."""
        offsets, total = _offsets(keys, self.width_of)
        flat = numpy.array([offsets[key] for key in keys], dtype=numpy.int64) + numpy.array(columns, dtype=numpy.int64)
        used, inputs = numpy.unique(flat, return_inverse=True)
        return Gathering(tuple(offsets), None if len(used) == total else used), inputs

    def _weight_row(self, name: str, steps: list[Step]) -> Row:
        builder = RowBuilder(name, self._weight_owners)
        for step in steps:
            for source in step.arrivals[0].sources:
                wire = source.wire
                size = 0 if source.is_scalar or wire.element is not None else weight_count(source)
                builder.add(f"{wire.id}.weight", size, wire.trainable, wire.tie)
        return builder.row()

    def _bias_row(self, name: str, steps: list[Step]) -> Row:
        builder = RowBuilder(name, self._bias_owners)
        for step in steps:
            values = step.node.parameters
            builder.add(f"{step.node.id}.bias", 0, values["bias_trainable"], values[BIAS_TIE])
        return builder.row()


def _form(weights: Row, places: Array, shape: tuple[int, int]) -> str:
    pairs = shape[0] * shape[1]
    density = len(places) / max(1, pairs)
    own_and_distinct = weights.is_plain and len(numpy.unique(places)) == len(places)
    if own_and_distinct and len(places) == pairs:
        return "full"
    if own_and_distinct and density >= LEAST_MASKED:
        return "masked"
    return "sparse" if density <= MOST_SPARSE and pairs >= SMALLEST_SPARSE else "scattered"


def _gathering(places: Sequence[tuple[str, int | None]], width_of: Callable[[str], int]) -> Gathering:
    offsets, total = _offsets([key for key, _ in places], width_of)
    picks = numpy.array([offsets[key] + (column or 0) for key, column in places], dtype=numpy.int64)
    is_whole = len(picks) == total and bool((picks == numpy.arange(total)).all())
    return Gathering(tuple(offsets), None if is_whole else picks)


def _offsets(keys: Iterable[str], width_of: Callable[[str], int]) -> tuple[dict[str, int], int]:
    """Where each tensor begins when they are laid side by side in the order of meeting, and how wide that is."""
    offsets: dict[str, int] = {}
    total = 0
    for key in dict.fromkeys(keys):
        offsets[key] = total
        total += width_of(key)
    return offsets, total
