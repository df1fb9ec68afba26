"""An ONNX model becomes a drawing of editable layers, with its weights."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy
import onnx
from onnx import helper, numpy_helper

from compiler.onnx.composed_activations import compose
from compiler.onnx.import_activations import composed_activation
from compiler.onnx.import_neurons import passing_neuron
from compiler.onnx.import_operators import HANDLERS
from compiler.onnx.imported import Constant, Gathered, Picked, Rearranged, Result, Value
from compiler.onnx.length_notes import Sizes, drawn_sizes, names_of_axes, read_lengths
from compiler.onnx.neuron_notes import ColumnNote, NeuronNotes, read_notes
from compiler.onnx.reading import read_model
from compiler.program import lower
from compiler.shapes import Shape
from graph_model import Document, DocumentError, EditError, Graph, Node, TrainingSettings
from graph_model.layout import arrange
from graph_model.values import LONGEST_NAME, free_name

Array = numpy.ndarray[Any, Any]

PASSING = ("Gather", "Concat", "Identity", "Cast")
"""Operators that hand on what other operators computed."""


def import_onnx(path: str | Path) -> Document:
    """Read an ONNX model as a document, weights included.

    Raises DocumentError for a file that is no model, and for an operator without a counterpart in the catalogue,
    naming the operator and its node.
    """
    from compiler.checks import check

    path = Path(path)
    model = read_model(path)
    try:
        document = Importer(model.graph, path.stem, read_notes(model), read_lengths(model)).document()
    except EditError as error:
        raise DocumentError(f"{path.name} cannot be drawn. {error}") from error
    except DocumentError as error:
        raise DocumentError(f"{path.name}: {error}") from error
    errors = [problem for problem in check(document.graph) if problem.severity == "error"]
    if errors:
        raise DocumentError(f"{path.name} cannot be drawn, since the drawing could not run. {errors[0].message}")
    return document


class Importer:
    """Walks the operators of a model in order; handlers add nodes to the graph."""

    def __init__(
        self, source: onnx.GraphProto, name: str, notes: NeuronNotes | None = None, lengths: Sizes | None = None
    ) -> None:
        self.source = source
        self.notes = NeuronNotes() if notes is None else notes
        self.lengths = {} if lengths is None else lengths
        self.graph = Graph(source.name or name)
        self.weights: dict[str, Array] = {}
        self.values: dict[str, Value] = {}
        self._shapes: tuple[int, dict[tuple[str, int], Shape]] = (-1, {})
        self.nodes, self.composed = compose(source)
        self.uses = Counter(tensor for node in self.nodes for tensor in node.input)
        self.uses.update(output.name for output in source.output)
        self.passed_on = {tensor for node in self.nodes if node.op_type in PASSING for tensor in node.output}

    def document(self) -> Document:
        """Return the whole document."""
        for initializer in self.source.initializer:
            self.values[initializer.name] = Constant(numpy_helper.to_array(initializer))
        for entry in self.source.input:
            if entry.name not in self.values:
                self._add_input(entry)
        for node in self.nodes:
            self._take(node)
        for entry in self.source.output:
            self._add_output(entry.name)
        self.graph.apply(arrange(self.graph))
        return Document(self.graph, TrainingSettings(), self.source.doc_string, self.weights)

    # For handlers

    def add(self, kind: str, node: onnx.NodeProto, inputs: list[Value], **parameters: Any) -> Node:
        """Add a node of a kind and wire its inputs, in order."""
        added = self.graph.add(kind, name=self.name_for(node), **parameters)
        for value in inputs:
            self.wire(value, added, node)
        return added

    def wire(self, value: Value, target: Node, node: onnx.NodeProto | None = None, input: int = 0) -> None:
        """Draw the wire, or the wires of gathered neurons, from a value to a node."""
        if isinstance(value, Constant):
            where = f"'{node.op_type}' (node '{node.name}')" if node is not None else f"the output '{target.name}'"
            raise DocumentError(f"{where} takes a constant, which cannot be drawn.")
        if isinstance(value, Rearranged):
            raise DocumentError(
                f"'{target.name}' takes a sequence whose axes are ordered ({', '.join(value.axes)}); a drawing has the "
                "batch first."
            )
        parts = value.parts if isinstance(value, Gathered) else (value,)
        sources = [passing_neuron(self, part) if isinstance(part, Picked) else part.node for part in parts]
        if len(sources) > 1 and not all(self.graph.kind_of(source).gives_scalar for source in sources):
            joined = self.graph.add("Concat", dim=1)
            for source in sources:
                self.graph.connect(source, joined)
            sources = [joined]
        for source in sources:
            self.graph.connect(source, target, input=input)

    def width(self, value: Result | Picked) -> int:
        """Return how many numbers a part of a vector has; raises DocumentError for what is no vector."""
        if isinstance(value, Picked) or self.graph.kind_of(value.node).gives_scalar:
            return 1
        shape = self.shape(value)
        if len(shape) != 2:
            raise DocumentError(f"'{value.node.name}' gives no vector, so that no neuron can weigh it.")
        return int(shape[1])

    def rank(self, value: Result) -> int:
        """Return how many axes a value has, the batch included."""
        return 2 if self.graph.kind_of(value.node).gives_scalar else len(self.shape(value))

    def shape(self, value: Result) -> Shape:
        """Return the shape of what a node gives; () if it cannot be inferred."""
        from compiler.inferring import shapes_of_names

        if self._shapes[0] != self.graph.revision:
            self._shapes = (self.graph.revision, shapes_of_names(lower(self.graph)))
        return self._shapes[1].get((self.graph.node(value.node).name, 0), ())

    def note_of(self, node: onnx.NodeProto) -> ColumnNote | None:
        """Return what the file says of the neurons behind an operator."""
        return self.notes.columns.get(node.name.partition("/")[0])

    def set_weight(self, node: Node, parameter: str, value: Array) -> None:
        """Keep a trained weight."""
        self.weights[f"{node.id}.{parameter}"] = numpy.ascontiguousarray(value, dtype=numpy.float32)

    def input(self, node: onnx.NodeProto, index: int) -> Value:
        """Return what an operator's input is."""
        name = node.input[index]
        if name not in self.values:
            raise DocumentError(f"'{node.op_type}' (node '{node.name}') uses '{name}', which nothing gives.")
        return self.values[name]

    def constant(self, node: onnx.NodeProto, index: int) -> Array | None:
        """Return an operator's input if it is a constant, else None."""
        if index >= len(node.input) or not node.input[index]:
            return None
        value = self.values.get(node.input[index])
        return value.array if isinstance(value, Constant) else None

    def only_used_here(self, tensor: str) -> bool:
        """Whether a tensor goes to one operator only, and so does what the nodes behind it give: not so where an
        operator passes on what others may use as well."""
        return self.uses[tensor] == 1 and tensor not in self.passed_on

    def name_for(self, node: onnx.NodeProto) -> str:
        """Return a free name like the operator's own; of "hidden/sum" the layer's part."""
        wanted = node.name or (node.output[0] if node.output else "") or node.op_type
        parts = [part for part in wanted.split("/") if part.strip()]
        if wanted.startswith("/") and parts:
            parts = [" ".join(parts)]
        cleaned = "".join(sign for sign in (parts[0] if parts else "") if sign.isprintable()).strip()
        return free_name(cleaned[: LONGEST_NAME - 10] or node.op_type.lower(), self.graph.names())

    # The walk

    def _take(self, node: onnx.NodeProto) -> None:
        handler = HANDLERS.get(node.op_type) if node.domain in ("", "ai.onnx") else None
        if node.output[0] in self.composed:
            handler = composed_activation
        if handler is None:
            raise DocumentError(
                f"The operator '{node.op_type}' (node '{node.name or node.output[0]}') has no counterpart among the "
                f"kinds that can be drawn."
            )
        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        try:
            value = handler(self, node, attributes)
        except ValueError as error:
            raise DocumentError(f"'{node.op_type}' (node '{node.name}') cannot be drawn: {error}.") from error
        self.values[node.output[0]] = value

    def _add_input(self, entry: onnx.ValueInfoProto) -> None:
        dimensions = entry.type.tensor_type.shape.dim
        sizes = drawn_sizes(entry.name, dimensions, self.lengths)
        scalars = self.notes.scalar_inputs.get(entry.name, [])
        if scalars and [len(scalars)] == sizes:
            names = [free_name(name, self.graph.names()) for name in scalars]
            drawn = [Result(self.graph.add("ScalarInput", name=name)) for name in names]
            self.values[entry.name] = drawn[0] if len(drawn) == 1 else Gathered(tuple(drawn))
            return
        name = free_name(entry.name.replace("/", " ").strip()[: LONGEST_NAME - 10] or "input", self.graph.names())
        axes = names_of_axes(dimensions)
        self.values[entry.name] = Result(self.graph.add("Input", name=name, shape=sizes, dynamic_axes=axes))

    def _add_output(self, tensor: str) -> None:
        value = self.values.get(tensor)
        if value is None or isinstance(value, Constant):
            raise DocumentError(f"The output '{tensor}' is not computed by anything that can be drawn.")
        name = free_name(tensor.replace("/", " ").strip()[: LONGEST_NAME - 10] or "output", self.graph.names())
        output = self.graph.add("Output", name=name)
        self.wire(value, output)
