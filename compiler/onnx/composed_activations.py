"""Activations that are written as several operators, found again in a model.

What to look for is what the export itself writes for each of them with its default parameters: so there is one
statement of it for both directions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy
import onnx
from onnx import helper, numpy_helper

from graph_model import Document, Graph, kinds

Array = numpy.ndarray[Any, Any]

EITHER_ORDER = ("Add", "Mul")
TAKES, GIVES = "x", "y"


class Pattern:
    """The operators of one activation: it takes the tensor "x" and gives "y"."""

    def __init__(self, kind: str) -> None:
        from compiler.onnx.export import make_model
        from compiler.program import lower

        graph = Graph(kind)
        source, node, target = (
            graph.add("Input", name=TAKES, shape=[4]),
            graph.add(kind),
            graph.add("Output", name=GIVES),
        )
        graph.connect(source, node)
        graph.connect(node, target)
        model = make_model(lower(graph), {}, Document(graph))
        self.kind = kind
        self.size = len(model.graph.node)
        self.maker = _makers(model.graph.node)
        self.constants = _constants(model.graph)


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return those of all activations that no single operator expresses, the longest first."""
    written = [
        kind.name
        for kind in kinds().values()
        if kind.family == "Activation" and kind.elementwise and kind.onnx is not None and kind.onnx.emitter
    ]
    return tuple(sorted((Pattern(name) for name in [*written, "Softmin"]), key=lambda pattern: -pattern.size))


def compose(graph: onnx.GraphProto) -> tuple[list[onnx.NodeProto], dict[str, str]]:
    """Return a model's operators, each group of them that is one activation as one, and output -> kind of those."""
    search = _Search(graph)
    composed: dict[str, str] = {}
    nodes: list[onnx.NodeProto] = []
    replaced: set[int] = set()
    for node in reversed(graph.node):
        if id(node) in replaced:
            continue
        found = next(((p, m) for p in patterns() if (m := search.match(p, node)) is not None), None)
        if found is None:
            nodes.append(node)
            continue
        pattern, (taken, operators) = found
        replaced.update(operators)
        composed[node.output[0]] = pattern.kind
        nodes.append(helper.make_node(pattern.kind, [taken], [node.output[0]], name=node.name))
    return nodes[::-1], composed


class _Search:
    """Compares the operators of one model with patterns."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.nodes = list(graph.node)  # holds them, so that their ids stay
        self.maker = _makers(graph.node)
        self.constants = _constants(graph)
        self.uses = Counter(tensor for node in graph.node for tensor in node.input)
        self.uses.update(output.name for output in graph.output)

    def match(self, pattern: Pattern, last: onnx.NodeProto) -> tuple[str, set[int]] | None:
        """Return the tensor that an activation takes and the ids of its operators, if `last` ends it."""
        bound = self._operator(pattern, pattern.maker[GIVES], last, {GIVES: last.output[0]})
        if bound is None or TAKES not in bound:
            return None
        inner = {name for name in bound if name not in (TAKES, GIVES) and name in pattern.maker}
        operators = {id(self.maker[bound[name]]) for name in (*inner, GIVES)}
        uses_inside = Counter(tensor for node in self.nodes if id(node) in operators for tensor in node.input)
        if any(self.uses[bound[name]] != uses_inside[bound[name]] for name in inner):
            return None
        return bound[TAKES], operators

    def _operator(
        self, pattern: Pattern, wanted: onnx.NodeProto, node: onnx.NodeProto, bound: Mapping[str, str]
    ) -> dict[str, str] | None:
        """Extend what is bound (tensor of the pattern -> tensor of the model) by one operator and what is before it."""
        inputs = list(node.input)
        if node.op_type != wanted.op_type or len(inputs) != len(wanted.input) or not _same_attributes(wanted, node):
            return None
        orders = [inputs, inputs[::-1]] if node.op_type in EITHER_ORDER else [inputs]
        for order in orders:
            found: dict[str, str] | None = dict(bound)
            for name, tensor in zip(wanted.input, order, strict=True):
                found = None if found is None else self._tensor(pattern, name, tensor, found)
            if found is not None:
                return found
        return None

    def _tensor(self, pattern: Pattern, name: str, tensor: str, bound: dict[str, str]) -> dict[str, str] | None:
        if name in pattern.constants:
            here = self.constants.get(tensor)
            return bound if here is not None and _equal(here, pattern.constants[name]) else None
        if name in bound:
            return bound if bound[name] == tensor else None
        if name == TAKES:
            return None if tensor in self.constants else {**bound, name: tensor}
        node = self.maker.get(tensor)
        return None if node is None else self._operator(pattern, pattern.maker[name], node, {**bound, name: tensor})


def _makers(nodes: Sequence[onnx.NodeProto]) -> dict[str, onnx.NodeProto]:
    return {output: node for node in nodes for output in node.output}


def _constants(graph: onnx.GraphProto) -> dict[str, Array]:
    """The single numbers of a model, by name."""
    stored = {entry.name: entry for entry in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            stored[node.output[0]] = node.attribute[0].t
    return {name: numpy_helper.to_array(entry) for name, entry in stored.items() if numpy.prod(entry.dims) == 1}


def _equal(one: Array, other: Array) -> bool:
    return bool(numpy.isclose(one.reshape(-1)[0], other.reshape(-1)[0], rtol=1e-6, atol=1e-7))


def _same_attributes(one: onnx.NodeProto, other: onnx.NodeProto) -> bool:
    first, second = (
        {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute} for node in (one, other)
    )
    return first == second
