"""What an ONNX file says of the neurons behind its matrices, so that reading it brings the neurons back.

ONNX has no single neurons: a column of them is one matrix product. A note in the model's metadata tells which rows are
which neurons and which numbers are weights on wires. Other programs pass over it, and a file without it is as good.
"""

from __future__ import annotations

import collections
from typing import Any

import msgspec
import numpy
import onnx

from compiler.columns import Column
from compiler.onnx.emitter import Emitter
from compiler.program import Program
from graph_model.catalogue.neurons import BIAS_TIE

KEY = "gradcanvas.neurons"


class WireNote(msgspec.Struct, array_like=True):
    """One wire: its neuron's row, the first input that it weighs, how many (0: a single number), and its tie."""

    neuron: int
    input: int
    size: int
    trainable: bool = True
    tie: str | None = None


class ColumnNote(msgspec.Struct, omit_defaults=True):
    """One column: the names of its neurons, their wires, and which biases are frozen or tied; or maxout groups."""

    neurons: list[str]
    wires: list[WireNote] = []
    frozen_biases: list[int] = []
    bias_ties: dict[str, str] = {}
    group_size: int = 0

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether the note can be true of a matrix of this shape."""
        rows, columns = shape
        return rows == len(self.neurons) and all(
            0 <= wire.neuron < rows and wire.input >= 0 and wire.input + max(1, wire.size) <= columns
            for wire in self.wires
        )


class NeuronNotes(msgspec.Struct, omit_defaults=True):
    """All notes of a model: operator -> column, and input -> the names of its scalar inputs."""

    columns: dict[str, ColumnNote] = {}
    scalar_inputs: dict[str, list[str]] = {}


def write_notes(model: onnx.ModelProto, program: Program, emitter: Emitter) -> None:
    """Put the notes of a program into a model's metadata, if it has neurons."""
    notes = NeuronNotes(
        {emitter.names[column.name]: note for column in emitter.plan.columns if (note := _note(column)) is not None},
        {given.name: [step.node.name for step in given.steps] for given in program.inputs if given.is_of_scalars},
    )
    if notes.columns or notes.scalar_inputs:
        onnx.helper.set_model_props(model, {KEY: msgspec.json.encode(notes).decode()})


def read_notes(model: onnx.ModelProto) -> NeuronNotes:
    """Return a model's notes; none if there are none, or what is there is no such note."""
    for entry in model.metadata_props:
        if entry.key == KEY:
            try:
                return msgspec.json.decode(entry.value, type=NeuronNotes)
            except msgspec.MsgspecError:
                return NeuronNotes()
    return NeuronNotes()


def _note(column: Column) -> ColumnNote | None:
    names = [step.node.name for step in column.steps]
    if column.form == "maxout":
        return ColumnNote(names, group_size=column.shape[1])
    wires: list[WireNote] = []
    seen: set[int] = set()
    counts = collections.Counter(column.places.tolist())
    starts = iter(zip(column.weights.starts, column.weights.sizes, strict=True))
    for row, step in enumerate(column.steps):
        for source in step.sources:
            start, size = next(starts)
            first, place = int(column.inputs[start]), int(column.places[start])
            several = [counts[number] > 1 for number in column.places[start : start + max(1, size)].tolist()]
            if not _is_run(column.inputs[start : start + size]) or (size and any(several)):
                return None
            if several[0] and place not in seen:
                wires.append(WireNote(row, first, 0))  # of wires from one place to another, the matrix holds the sum
            elif not several[0]:
                wires.append(WireNote(row, first, size, source.wire.trainable, source.wire.tie))
            seen.add(place)
    values: list[Any] = [step.node.parameters for step in column.steps]
    frozen = [row for row, given in enumerate(values) if not given["bias_trainable"]]
    ties = {str(row): given[BIAS_TIE] for row, given in enumerate(values) if given[BIAS_TIE] is not None}
    return ColumnNote(names, wires, frozen, ties)


def _is_run(numbers: numpy.ndarray[Any, Any]) -> bool:
    return bool((numpy.diff(numbers) == 1).all())
