"""One wire, or one weight of a layer, as its product: what came forwards × what comes backwards = ∂l/∂w."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.figures import factor, figure, sum_of, vector
from app.panels.backpropagation.gate_words import gate_words, multiplied_sign
from app.panels.backpropagation.neuron_words import activation_name
from app.panels.backpropagation.walk import Walk
from app.training.backpropagation.quantities import WeightNumbers, WeightTerm, WireNumbers
from app.training.backpropagation.updates import UpdateRow
from graph_model import Graph

MOST_TERMS = 5
MOST_TIME_STEPS = 16
"""Time steps up to which all of them are listed, so that it is seen how their share grows or dies with time."""


@dataclass(frozen=True)
class WeightCheck:
    """What was computed beside the product: the finite difference, and the optimizer's first step."""

    name: str
    index: tuple[int, ...]
    finite_difference: float
    update: UpdateRow | None


def wire_words(numbers: WireNumbers, graph: Graph, walk: Walk, check: WeightCheck | None) -> str:
    """Return the explanation of a wire as rich text, as far as the walk has come."""
    source, target = graph.node(numbers.source), graph.node(numbers.target)
    ends = f"{page.node_link(source.id, source.name)} → {page.node_link(target.id, target.name)}"
    if numbers.weight is None or numbers.gradient is None:
        return page.heading(ends, "a wire without a weight") + _passing(numbers, walk)
    beside = [] if numbers.trainable else ["frozen: training leaves it as it is"]
    if numbers.tie is not None:
        beside.append(f"shares its weight with all wires tied as '{escape(numbers.tie)}'")
    title = page.heading(f"Weight on {ends}", ", ".join(beside))
    if numpy.size(numbers.weight) > 1:
        return title + _vector_wire(numbers, walk)
    weight, value = float(numpy.ravel(numbers.weight)[0]), float(numpy.ravel(numbers.input)[0])
    forward = page.section("Forward pass") + page.formula(
        "∂z/∂w = the number that w multiplies", f"= x of {escape(source.name)} = {page.result(figure(value))}"
    )
    forward += page.formula(f"w·x = {factor(weight)}·{factor(value)} = {figure(weight * value)}")
    if not walk.wire_backward_known(numbers.id):
        backward = page.section("Backward pass") + page.words("∂l/∂w is known once the way back has come here.")
        return title + page.columns(forward, backward)
    activation = activation_name(str(target.parameters.get("activation", "Identity")))
    gradient, delta = float(numpy.ravel(numbers.gradient)[0]), float(numpy.ravel(numbers.delta)[0])
    spelled = [f"∂l/∂w = x · ∂l/∂z = {factor(value)} · {factor(delta)} = {page.result(figure(gradient))}"]
    if numbers.slope is not None and numbers.upstream is not None:
        spelled.append(
            f"= {factor(value)} · {factor(numbers.slope)} · {factor(numbers.upstream)} "
            f"<span class='muted'>(x · slope {activation}′(z) · upstream ∂l/∂a)</span>"
        )
    backward = page.section("Backward pass") + page.formula(*spelled)
    if numbers.tie is not None and numbers.shared_gradient is not None:
        shared = float(numpy.ravel(numbers.shared_gradient)[0])
        backward += page.formula(f"over all wires that share w: ∂l/∂w = {page.result(figure(shared))}")
    return title + page.columns(forward, backward + check_words(check), first=40)


def check_words(check: WeightCheck | None) -> str:
    """The finite difference, and what the optimizer makes of the gradient."""
    if check is None:
        return page.words("Checking by a small change of w …")
    text = page.formula(
        f"<span class='muted'>Check:</span> (l(w+h) − l(w−h)) / 2h = {page.result(figure(check.finite_difference))}"
    )
    row = check.update
    if row is None:
        return text
    if not row.trainable:
        return text + page.words("The optimizer leaves it alone: it is frozen.")
    lines = [f"<span class='muted'>Update:</span> w ← {row.formula}"]
    lines += [f"<span class='muted'>{escape(one)}</span>" for one in row.working]
    return text + page.formula(*lines)


def weight_words(
    numbers: WeightNumbers, title: str, through_time: bool, check: WeightCheck | None, in_block: bool = False
) -> str:
    """Return one weight of a layer as rich text: the products of all places where it is used, and their sum.

    `through_time`: these places are time steps. `in_block`: they begin with the time step of a block over time.
    """
    count = len(numbers.terms)
    largest = _largest(numbers.terms)
    places = "time steps" if through_time else "places"
    products = [f"{factor(term.input)}·{factor(term.delta)}" for term in largest]
    rest = sum(term.product for term in numbers.terms) - sum(term.product for term in largest)
    if count > len(largest):
        products.append(f"{factor(rest)} (from {count - len(largest)} other {places})")
    spelled = f"= {sum_of(products)} = {page.result(figure(numbers.gradient))}"
    text = page.section(f"{title} = {figure(numbers.weight)}")
    x = "x" if numbers.gate is None else multiplied_sign(numbers.gate)
    text += page.formula(f"∂l/∂w = {'Σ ' if count > 1 else ''}{x} · ∂l/∂z", spelled)
    if numbers.gate is not None:
        text += page.words(gate_words(numbers.gate, numbers.index, numbers.terms))
    elif count > 1:
        idle = sum(1 for term in numbers.terms if term.product == 0)
        note = f" {idle} of them add 0." if idle else ""
        text += page.words(f"It is used at {count} {places}, and each adds its product.{note}")
    listed = numbers.terms if through_time and count <= MOST_TIME_STEPS else largest
    counted = through_time or in_block
    titles = "time step" if through_time else _place_words(len(numbers.terms[0].place), in_block)
    return text + check_words(check) + (_places(listed, count, titles, counted, x) if count > 1 else "")


def _largest(terms: Sequence[WeightTerm]) -> list[WeightTerm]:
    """The terms that add most, in the order of their places."""
    chosen = sorted(range(len(terms)), key=lambda number: -abs(terms[number].product))[:MOST_TERMS]
    return [terms[number] for number in sorted(chosen)]


def _places(listed: Sequence[WeightTerm], count: int, titles: str, counted: bool, x: str) -> str:
    """`counted`: the first number of a place is a time step, which is counted from 1."""
    rows = [
        [_place(term.place, counted), figure(term.input), figure(term.delta), figure(term.product)] for term in listed
    ]
    which = f"The {len(rows)} that add most:" if len(rows) < count else "All of them:"
    return page.words(which) + page.table([titles, x, "∂l/∂z", "product"], rows)


def _place_words(axes: int, in_block: bool) -> str:
    inner = axes - in_block
    words = "row, column" if inner == 2 else "position"
    return words if not in_block else f"time step, {words}" if inner else "time step"


def _place(place: Sequence[int], counted: bool) -> str:
    return ", ".join(str(axis + 1 if counted and not number else axis) for number, axis in enumerate(place))


def _passing(numbers: WireNumbers, walk: Walk) -> str:
    forward = page.section("Forward pass") + page.formula(f"passes on {vector(numpy.asarray(numbers.input), 3)}")
    back = "∂l/∂x comes back once the way back has come here."
    if walk.wire_backward_known(numbers.id):
        back = f"∂l/∂x = {vector(numpy.asarray(numbers.returned), 3)} comes back"
    return page.columns(forward, page.section("Backward pass") + page.formula(back))


def _vector_wire(numbers: WireNumbers, walk: Walk) -> str:
    weights, values = numpy.ravel(numbers.weight), numpy.ravel(numbers.input)
    gradients = numpy.ravel(numbers.gradient)
    known = walk.wire_backward_known(numbers.id)
    rows = [
        [str(index), figure(value), figure(weight), figure(gradient) if known else "…"]
        for index, (value, weight, gradient) in enumerate(
            zip(values[:12].tolist(), weights[:12].tolist(), gradients[:12].tolist(), strict=True)
        )
    ]
    text = page.words(f"It carries {weights.size} numbers, each with a weight of its own: ∂l/∂wᵢ = xᵢ · ∂l/∂z.")
    return text + page.table(["i", "x = ∂z/∂w", "w", "∂l/∂w"], rows)
