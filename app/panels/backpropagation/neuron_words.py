"""One neuron spelled out with its numbers: forwards its weighted sum, backwards the recursion of ∂l/∂z."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.figures import factor, figure, sum_of
from app.panels.backpropagation.walk import Walk
from app.training.backpropagation.quantities import NeuronNumbers, Term
from graph_model import Graph

MOST_SUMMANDS = 6
MOST_SPELLED = 3
"""A wire that carries a whole vector is spelled out if that has so few numbers."""
MOST_ROWS = 30


def neuron_words(numbers: NeuronNumbers, graph: Graph, walk: Walk) -> str:
    """Return the explanation of a neuron as rich text, as far as the walk has come."""
    title = page.heading(escape(numbers.name), _kind_words(numbers))
    if not walk.forward_known(numbers.id):
        return title + page.words("Its turn has not come yet: go on with ▶.")
    forward = page.section("Forward pass") + _forward(numbers)
    if walk.backward_known(numbers.id):
        backward = page.section("Backward pass") + _backward(numbers, graph)
    else:
        backward = page.section("Backward pass") + page.words(
            "∂l/∂z is computed on the way back from the loss, once the neurons that this one feeds have theirs."
        )
    return title + page.columns(forward, backward) + _wire_table(numbers, graph, walk)


def _kind_words(numbers: NeuronNumbers) -> str:
    if numbers.kind == "MaxoutGroup":
        return "gives the largest of what arrives"
    if numbers.bias is None:
        return "one number of the example"
    return f"neuron, a = {activation_name(numbers.activation)}(z)"


def activation_name(activation: str) -> str:
    """How an activation is written in a formula: σ for the sigmoid, else its name."""
    return "σ" if activation == "Sigmoid" else activation


def _forward(numbers: NeuronNumbers) -> str:
    if numbers.kind == "MaxoutGroup":
        arriving = ", ".join(figure(term.product) for term in numbers.incoming[:MOST_SUMMANDS])
        return page.formula(f"a = max({arriving}) = {page.result(figure(numbers.a))}")
    if numbers.bias is None:
        return page.formula(f"x = {page.result(figure(numbers.a))}")
    parts = summands(numbers.incoming)
    z = page.formula("z = Σ w·x + b", f"= {sum_of([*parts, figure(numbers.bias)])} = {page.result(figure(numbers.z))}")
    if numbers.activation == "Identity":
        return z + page.formula(f"a = z = {page.result(figure(numbers.a))}")
    name = activation_name(numbers.activation)
    return z + page.formula(f"a = {name}(z) = {name}({figure(numbers.z)}) = {page.result(figure(numbers.a))}")


def _backward(numbers: NeuronNumbers, graph: Graph) -> str:
    upstream = _upstream(numbers, graph)
    if numbers.bias is None:
        return upstream
    name = activation_name(numbers.activation)
    parts = summands(numbers.outgoing)
    spelled = sum_of(parts)
    bracketed = f"({spelled})" if len(parts) > 1 else factor(numbers.upstream)
    lines = [f"∂l/∂z = {name}′(z) · ∂l/∂a", f"= {name}′({figure(numbers.z)}) · {bracketed}"]
    lines.append(f"= {factor(numbers.slope)} · {factor(numbers.upstream)} = {page.result(figure(numbers.delta))}")
    delta = page.formula(*lines)
    bias = f"∂l/∂b = ∂l/∂z = {figure(numbers.delta)}"
    if numbers.bias_tie is not None and numbers.shared_bias_gradient is not None:
        bias += f"; all neurons that share b together: {page.result(figure(numbers.shared_bias_gradient))}"
    if not numbers.bias_trainable:
        bias += " (b is not trained)"
    return upstream + delta + page.formula(bias)


def _upstream(numbers: NeuronNumbers, graph: Graph) -> str:
    feeds = list(dict.fromkeys(term.node for term in numbers.outgoing))
    names = ", ".join(page.node_link(node, graph.node(node).name) for node in feeds[:4] if graph.has_node(node))
    names += f" and {len(feeds) - 4} more" if len(feeds) > 4 else ""
    weighed = any(term.weight is not None for term in numbers.outgoing)
    meaning = "∂l/∂a = Σ w · ∂l/∂z′" if weighed else "∂l/∂a"
    spelled = sum_of(summands(numbers.outgoing))
    return page.formula(
        f"{meaning} <span class='muted'>from {names or 'nowhere'}</span>",
        f"= {spelled} = {page.result(figure(numbers.upstream))}"
        if len(numbers.outgoing) > 1 or weighed
        else f"= {page.result(figure(numbers.upstream))}",
    )


def summands(terms: Sequence[Term]) -> list[str]:
    """Each term as a product with its numbers; of many, the first ones and the sum of the others."""
    spelled: list[str] = []
    for count, term in enumerate(terms):
        if len(spelled) >= MOST_SUMMANDS and len(terms) > MOST_SUMMANDS + 1:
            rest = sum(other.product for other in terms[count:])
            spelled.append(f"{factor(rest)} (from {len(terms) - count} more)")
            break
        spelled.extend(_products(term))
    return spelled


def _products(term: Term) -> list[str]:
    if term.weight is None:
        return [figure(term.product)]
    weights, values = numpy.ravel(term.weight).tolist(), numpy.ravel(term.value).tolist()
    if len(weights) > MOST_SPELLED:
        return [f"{factor(term.product)} (Σ of {len(weights)} products)"]
    return [f"{factor(weight)}·{factor(value)}" for weight, value in zip(weights, values, strict=True)]


def _wire_table(numbers: NeuronNumbers, graph: Graph, walk: Walk) -> str:
    weighed = [term for term in numbers.incoming if term.weight is not None and numpy.size(term.weight) == 1]
    if not weighed:
        return ""
    known = walk.backward_known(numbers.id)
    rows = []
    for term in weighed[:MOST_ROWS]:
        weight, value = float(numpy.ravel(term.weight)[0]), float(numpy.ravel(term.value)[0])
        name = graph.node(term.node).name if graph.has_node(term.node) else term.node
        element = "" if term.element is None else f"[{term.element}]"
        row = [page.wire_link(term.wire, f"{name}{element} → {numbers.name}"), figure(value), figure(weight)]
        rows.append([*row, figure(term.product), figure(value * numbers.delta) if known else "…"])
    more = len(weighed) - MOST_ROWS
    note = page.words(f"… and {more} more wires: point at one on the canvas.") if more > 0 else ""
    header = ["wire", "x = ∂z/∂w", "w", "w·x", "∂l/∂w = x · ∂l/∂z"]
    return page.table(header, rows) + note
