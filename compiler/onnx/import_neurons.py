"""Single neurons out of an ONNX model: where single numbers are weighed, and where a note tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
import onnx

from compiler.onnx.imported import Gathered, Picked, Rearranged, Result, Value
from compiler.onnx.neuron_notes import ColumnNote, WireNote
from graph_model import DocumentError, Node, kinds
from graph_model.values import free_name

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

Array = numpy.ndarray[Any, Any]
Number = tuple[Node, int | None]
"""One number of a sample: a neuron's, or an element of a vector."""


def is_single(value: Value) -> bool:
    """Whether a value is what one neuron gives, or a scalar input."""
    return isinstance(value, Result) and kinds()[value.node.kind].gives_scalar


def numbers_of(importer: Importer, value: Value) -> list[Number]:
    """Return a vector number by number."""
    if isinstance(value, Gathered):
        return [number for part in value.parts for number in numbers_of(importer, part)]
    if isinstance(value, Picked):
        return [(value.node, value.element)]
    if is_single(value) and isinstance(value, Result):
        return [(value.node, None)]
    if isinstance(value, Result):
        return [(value.node, element) for element in range(importer.width(value))]
    what = "sequence with its axes rearranged" if isinstance(value, Rearranged) else "constant"
    raise DocumentError(f"A {what} cannot be drawn as what feeds a neuron.")


def gathered(numbers: Sequence[Number]) -> Value:
    """Return numbers as what they are side by side."""
    parts = tuple(Result(node) if element is None else Picked(node, element) for node, element in numbers)
    return parts[0] if len(parts) == 1 else Gathered(parts)


def neurons(
    importer: Importer, node: onnx.NodeProto, source: Value, weight: Array, bias: Array | None, note: ColumnNote | None
) -> Value:
    """Draw a product with a matrix (neurons, inputs) as neurons: those of the note, or fully connected ones."""
    numbers = numbers_of(importer, source)
    if note is None:
        base = importer.name_for(node)
        names = [base] if len(weight) == 1 else [f"{base} {row + 1}" for row in range(len(weight))]
        everything = [WireNote(row, column, 0) for row in range(len(weight)) for column in range(weight.shape[1])]
        note = ColumnNote(names, everything)
    drawn = []
    for row, name in enumerate(note.neurons):
        start = 0.0 if bias is None else float(bias[row])
        neuron = importer.graph.add(
            "Neuron",
            name=free_name(name, importer.graph.names()),
            bias=start,
            activation="Identity",
            bias_trainable=row not in note.frozen_biases,
            bias_tie=note.bias_ties.get(str(row)),
        )
        importer.set_weight(neuron, "bias", numpy.array(start))
        drawn.append(neuron)
    for wire in note.wires:
        _draw(importer, wire, numbers, drawn[wire.neuron], weight[wire.neuron])
    return gathered([(neuron, None) for neuron in drawn])


def maxout_groups(importer: Importer, source: Value, note: ColumnNote) -> Value:
    """Draw groups of equally many numbers of which the largest counts."""
    numbers = numbers_of(importer, source)
    drawn: list[Number] = []
    for row, name in enumerate(note.neurons):
        group = importer.graph.add("MaxoutGroup", name=free_name(name, importer.graph.names()))
        for node, element in numbers[row * note.group_size : (row + 1) * note.group_size]:
            importer.graph.connect(node, group, element=element)
        drawn.append((group, None))
    return gathered(drawn)


def passing_neuron(importer: Importer, value: Picked) -> Node:
    """Draw one element of a vector as a neuron that hands it on unchanged: weight 1 and bias 0, both frozen."""
    name = free_name(f"{value.node.name} {value.element}", importer.graph.names())
    neuron = importer.graph.add("Neuron", name=name, activation="Identity", bias_trainable=False)
    importer.graph.connect(value.node, neuron, element=value.element, weight=1.0, trainable=False)
    return neuron


def _draw(importer: Importer, wire: WireNote, numbers: list[Number], neuron: Node, row: Array) -> None:
    """Draw one wire with its weight, or its weights where it carries a whole vector."""
    weights = row[wire.input : wire.input + max(1, wire.size)].astype(numpy.float32)
    carried = numbers[wire.input : wire.input + max(1, wire.size)]
    common: dict[str, Any] = {"trainable": wire.trainable, "tie": wire.tie}
    node = carried[0][0]
    if wire.size and carried == [(node, element) for element in range(importer.width(Result(node)))]:
        drawn = importer.graph.connect(node, neuron, weight=[float(weight) for weight in weights], **common)
        importer.weights[f"{drawn.id}.weight"] = weights
        return
    for (source, element), weight in zip(carried, weights, strict=True):
        if wire.size:
            common["tie"] = None  # what carried a vector comes back as single wires, whose weights differ
        drawn = importer.graph.connect(source, neuron, element=element, weight=float(weight), **common)
        importer.weights[f"{drawn.id}.weight"] = weight
