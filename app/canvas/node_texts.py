"""What is written about a node: above and below it, in its tooltip, and for a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from typing import Any

import numpy as np

from app.canvas.node_form import Form, NodeForm, Shape
from app.training.number_text import shortest
from graph_model import Graph, Node, Problem, Wire, kinds
from graph_model.blocks import is_block
from graph_model.document import Drawn
from graph_model.typed_values import current_weight
from graph_model.weight_text import RANDOM


def shape_text(shape: Shape) -> str:
    """Write a shape as in formulas: (batch, 32)."""
    return f"({', '.join(str(size) for size in shape)}{',' if len(shape) == 1 else ''})"


def flow_text(shape: Shape) -> str:
    """Write what flows on a wire for each sample: 16×8×8, or 1 for a single number."""
    return "×".join(str(size) for size in shape[1:]) or "1"


def count_text(count: int) -> str:
    """Write a number of parameters: 2,080 parameters."""
    return f"{count:,} parameter{'' if count == 1 else 's'}"


def heading(graph: Graph, node: Node) -> str:
    """The line under a node's name: kind and chief parameters; nothing for a neuron, whose circle says it,
    and of a block only what its name does not say."""
    kind = graph.kind_of(node)
    if is_block(node.kind):
        name = "" if kind.name == node.name else kind.name
        return f"{name} {kind.summary(node.parameters)}".strip()
    return "" if kind.gives_scalar else f"{kind.name} {kind.summary(node.parameters)}".rstrip()


def sample_numbers(graph: Graph) -> dict[str, int]:
    """Node id of each scalar input -> which number of a sample it takes, from 1."""
    inputs = [node for _, node in graph.network.nodes(data="node") if is_scalar_input(node)]
    return {node.id: number for number, node in enumerate(sorted(inputs, key=lambda node: node.order), 1)}


def is_scalar_input(node: Node) -> bool:
    """Whether a node brings in a single number of each sample."""
    return node.kind in _scalar_inputs()


@cache
def _scalar_inputs() -> frozenset[str]:
    return frozenset(name for name, kind in kinds().items() if kind.brings_data and kind.gives_scalar)


def subtitles(graph: Graph, node: Node, weights: Mapping[str, Any], sample_number: int | None = None) -> list[str]:
    """The first lines below a node: a neuron's bias, a layer's activation, which number of the sample it takes."""
    if is_block(node.kind):
        return []
    kind = graph.kind_of(node)
    lines = [] if sample_number is None else [f"number {sample_number}", "of the sample"]
    if kind.gives_scalar and "bias" in node.parameters:
        bias = weights.get(f"{node.id}.bias", node.parameters["bias"])
        lines.append(f"b = {shortest(float(np.ravel(bias)[0]), 3)}")
    activation = node.parameters.get("activation", "Identity")
    if activation != "Identity":
        lines.append(str(activation))
    return lines


def details(form: NodeForm | None, shape: Shape | None, count: int | None) -> list[str]:
    """The further lines below a node: how much of it is drawn, what it gives, how much it learns."""
    lines = []
    if form is not None and form.total > form.shown and form.form in (Form.COLUMN, Form.PLANES):
        lines.append(f"{form.shown} of {form.total:,}")
    if shape is not None and len(shape) > 1:
        lines.append(shape_text(shape))
    if count and (form is None or form.form != Form.NEURON):
        lines.append(count_text(count))
    return lines


def tooltip(graph: Graph, node: Node, shape: Shape | None, count: int | None, problems: Iterable[Problem]) -> str:
    """Everything about a node, as rich text."""
    kind = graph.kind_of(node)
    lines = [f"<b>{escape(node.name)}</b>", f"{escape(kind.name)}: {escape(kind.title)}"]
    lines += [f"{name} = {escape(_value_text(value))}" for name, value in node.parameters.items()]
    if shape is not None:
        lines.append(f"gives {shape_text(shape)}")
    if count:
        lines.append(count_text(count))
    lines += [f"<b>{escape(problem.message)}</b>" for problem in problems]
    return "<br>".join(lines)


def weight_words(drawn: Drawn, wire: Wire) -> str:
    """What is to be said about the weight of a wire to a neuron: its value, and whether it is frozen or shared."""
    graph = drawn.graph
    lines = [] if wire.element is None else [f"element {wire.element}"]
    if graph.kind_of(wire.target).weighs_wires:
        weight = current_weight(drawn, wire)
        shown = RANDOM if weight is None else ", ".join(shortest(number, 7) for number in np.ravel(weight).tolist())
        lines.append(f"weight {shown}" + ("" if wire.trainable else ", frozen"))
    if wire.tie is not None:
        lines.append(f"shared by {len(graph.tied(wire.tie))} wires: {wire.tie}")
    return "".join(f"\n{text}" for text in lines)


def spoken(graph: Graph, node: Node, shape: Shape | None, problems: Iterable[Problem]) -> str:
    """A node in one sentence, for a screen reader."""
    is_place = is_block(node.kind)
    parts = [f"{node.name}, {heading(graph, node) or graph.kind_of(node).name}"]
    if is_place:
        parts = [f"{node.name}, {block_words(graph, node)}"]
    if shape is not None:
        parts.append(f"gives {shape_text(shape)}")
    inputs = graph.kind_of(node).inputs
    if len(inputs) > 1:
        parts += [f"input {port.name} {_givers(graph, node, number)}" for number, port in enumerate(inputs)]
    else:
        parts.append(_givers(graph, node, None))
    targets = [graph.node(wire.target).name for wire in graph.outgoing(node)]
    parts.append(f"to {', '.join(targets[:4])}" if targets else "wired to nothing")
    parts += [f"problem: {problem.message}" for problem in problems]
    parts += ["Enter opens it"] if is_place else []
    return "; ".join(parts)


def block_words(graph: Graph, node: Node) -> str:
    """What there is to know of a block's place: whose place it is, how it runs, and what else changes with it."""
    kind, values = graph.definitions.kind(node.kind), node.parameters
    places = len(graph.definitions.places(node.kind))
    words = [f"block {kind.name}"]
    words += [f"repeated {values['repeat']} times"] if values["repeat"] != 1 else []
    direction = kind.direction(values)
    words += [DIRECTION_WORDS[direction]] if direction in DIRECTION_WORDS else []
    words += [f"shares its weights as {values['weights']}"] if values["weights"] else []
    words += [f"one of {places} places"] if places > 1 else []
    return ", ".join(words)


DIRECTION_WORDS = {
    "forward": "read forward over time",
    "backward": "read backward over time",
    "both": "read over time in both directions",
}


def _givers(graph: Graph, node: Node, port: int | None) -> str:
    sources = [graph.node(wire.source).name for wire in graph.incoming(node, port)]
    if sources:
        return f"from {', '.join(sources[:4])}"
    return "nothing wired to it" if port is None else "from nothing"


def _value_text(value: Any) -> str:
    if isinstance(value, list):
        return "×".join(str(entry) for entry in value)
    return "none" if value is None else shortest(value, 6) if isinstance(value, float) else str(value)
