"""A block over time in words and bars: the same weights at every step, and how the gradient goes back through them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.figures import figure
from app.panels.backpropagation.time_bars import TimeSeries
from app.panels.backpropagation.walk import Walk
from app.panels.backpropagation.weights import ChosenWeight, weight_title
from app.training.backpropagation.quantities import Array, PlaceOverTime, ReadingNumbers, StateNumbers, WeightTerm
from graph_model import Graph

if TYPE_CHECKING:
    from app.training.backpropagation.trace import Trace

MOST_TIME_STEPS = 16
"""Of a longer sequence the first and the last steps are listed, half of them each."""


class OverTime:
    """Finds what there is to say about time steps, for the path of a node or a wire."""

    def __init__(self, trace: Trace, walk: Walk, graph: Graph) -> None:
        self.trace, self.walk, self.graph = trace, walk, graph

    def where(self, path: str) -> str:
        """Return at which time step something inside a block is shown; "" for what is in none."""
        reading = self.trace.reading(path)
        if reading is None or path == reading.place:
            return ""
        place = self._place(reading)
        name = escape(self.graph.node(place.place).name)
        reads = ", which reads from the end" if reading.backwards else ""
        return page.words(f"Inside {name}{reads}: time step {place.shown + 1} of {place.time}.")

    def states(self, path: str) -> str:
        """Return what a block, or one of its Delays, hands on from step to step; "" for anything else."""
        reading = self.trace.reading(path)
        if reading is None:
            return ""
        return "".join(_state_words(state, reading) for state in self._states(reading, path))

    def of_wire(self, wire: str) -> TimeSeries | None:
        """Return what each time step adds to ∂l/∂w of a wire."""
        name = self.trace.wire(wire).weight_name
        if self.trace.reading(wire) is None or name is None or not self.walk.wire_backward_known(wire):
            return None
        shares = self.trace.shares(wire, name)
        if shares.ndim > 1:
            return self._series(wire, "∂l/∂w: size of what each time step adds", numpy.linalg.norm(shares, axis=1))
        return self._series(wire, "∂l/∂w: what each time step adds", shares)

    def of_node(self, node: str, weight: ChosenWeight | None) -> TimeSeries | None:
        """Return what each time step adds to a weight of a node, or where it has none, ∂l/∂h of the block."""
        reading = self.trace.reading(node)
        if reading is None or not self.walk.backward_known(node):
            return None
        if node != reading.place and weight is not None:
            shares = self.trace.shares(node, weight.name)[(slice(None), *weight.index)]
            title = weight_title(weight, self.graph, self.trace.first_use)
            return self._series(node, f"∂l/∂w of {title}: what each time step adds", shares)
        if node != reading.place and self.graph.kind_of(node).weighs_wires:
            shares = self.trace.shares(node, f"{self.trace.owner_of(node)}.bias")
            return self._series(node, "∂l/∂b: what each time step adds", shares)
        states = self._states(reading, node) or list(reading.states)
        if not states:
            return None
        sizes = _sizes(numpy.concatenate([state.gradients.reshape(reading.time, -1) for state in states], axis=1))
        names = ", ".join(_short(state.name) for state in states)
        title = f"‖∂l/∂{names if len(states) == 1 else f'({names})'}‖ at each time step (logarithmic)"
        return self._series(node, title, sizes, logarithmic=True)

    def of_terms(self, title: str, terms: Sequence[WeightTerm]) -> TimeSeries:
        """Return what each time step adds to a weight of a layer that reads a whole sequence by itself."""
        products = numpy.array([term.product for term in terms])
        return TimeSeries(f"∂l/∂w of {title}: what each time step adds", products, None)

    def _series(self, path: str, title: str, values: Array, logarithmic: bool = False) -> TimeSeries:
        reading = self.trace.reading(path)
        assert reading is not None
        return TimeSeries(title, values, self._place(reading).shown, logarithmic)

    def _place(self, reading: ReadingNumbers) -> PlaceOverTime:
        return next(place for place in self.trace.places if place.place == reading.place)

    def _states(self, reading: ReadingNumbers, path: str) -> list[StateNumbers]:
        """Those of a whole block, or that of one Delay."""
        return [state for state in reading.states if path in (reading.place, state.id)]


def _state_words(state: StateNumbers, reading: ReadingNumbers) -> str:
    name = escape(_short(state.name))
    sizes, gradients = _sizes(state.values), _sizes(state.gradients)
    first, last = (reading.time - 1, 0) if reading.backwards else (0, reading.time - 1)
    text = page.section(f"Through time: {_short(state.name)}")
    text += page.words(
        f"{name}<sub>t</sub> is what arrives at the Delay at time step t; ∂l/∂{name}<sub>t</sub> is all that comes "
        "back to it: from the answer of that step, and from all steps that are read later."
    )
    if gradients[last] > 0:
        text += page.formula(
            f"‖∂l/∂{name}‖ at the last step read: {figure(gradients[last])}, at the first: {figure(gradients[first])}, "
            f"{page.result(figure(gradients[first] / gradients[last]))} times as large"
        )
    rows = [[str(step + 1), figure(sizes[step]), figure(gradients[step])] for step in _listed(reading.time)]
    return text + page.table(["time step", f"‖{name}‖", f"‖∂l/∂{name}‖"], rows)


def _listed(time: int) -> list[int]:
    half = MOST_TIME_STEPS // 2
    return list(range(time)) if time <= MOST_TIME_STEPS else [*range(half), *range(time - half, time)]


def _sizes(values: Array) -> Array:
    """The length of the vector of each time step."""
    found: Array = numpy.linalg.norm(values.reshape(len(values), -1), axis=1)
    return found


def _short(name: str) -> str:
    """A name without the place: "h" for "RNN/h"."""
    return name.rpartition("/")[2]
