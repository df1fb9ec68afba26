"""What the panel lets be computed in a thread: from a copy of the document, so that editing may go on meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from app.panels.backpropagation.examples import Example
from app.panels.backpropagation.wanted import Targets
from app.panels.backpropagation.weights import ChosenWeight
from app.panels.backpropagation.wire_words import WeightCheck
from app.training.backpropagation.updates import UpdateTable
from graph_model import Document, Graph

if TYPE_CHECKING:
    from app.training.backpropagation.nudging import Nudge
    from app.training.backpropagation.trace import Trace

Array = numpy.ndarray[Any, Any]
OptimizerState = Mapping[str, Mapping[str, Any]]
"""Weight name -> what an optimizer remembers of it, by torch.optim's names."""


class Snapshots:
    """Copies of a document; as long as the drawing stays the same, they share one copy of it."""

    def __init__(self) -> None:
        self._original: Graph | None = None
        self._revision = -1
        self._copy = Graph()

    def of(self, document: Document) -> Document:
        """Return the document as it is now, for reading in another thread."""
        graph = document.graph
        if graph is not self._original or graph.revision != self._revision:
            self._original, self._revision, self._copy = graph, graph.revision, graph.copy()
        return Document(self._copy, document.training, document.description, dict(document.weights))


def sample(inputs: Sequence[Array]) -> Any:
    """Inputs as the engine takes them: the array of the only one, or one array for each."""
    return inputs[0] if len(inputs) == 1 else list(inputs)


def trace(document: Document, example: Example) -> Trace:
    """Compute all numbers of an example."""
    from app.training.backpropagation import trace_example

    return trace_example(document, sample(example.inputs), example.target)


def check_weight(document: Document, example: Example, weight: ChosenWeight, state: OptimizerState) -> WeightCheck:
    """Compute the finite difference of one weight, and the optimizer's next step with it."""
    from app.training.backpropagation import finite_difference

    difference = finite_difference(document, sample(example.inputs), example.target, weight.name, weight.index)
    rows = rehearse(document, example, [weight], 1, state).rows
    return WeightCheck(weight.name, weight.index, difference, rows[0] if rows else None)


def rehearse(
    document: Document,
    example: Example,
    weights: Sequence[ChosenWeight],
    steps: int,
    state: OptimizerState,
    batch: tuple[tuple[Array, ...], list[Targets]] | None = None,
) -> UpdateTable:
    """Take steps of the optimizer on the example, or on a minibatch, and tabulate these weights.

    `state`: what the optimizer remembers from a run; empty: it begins.
    """
    from app.training.backpropagation import rehearse_updates

    inputs, targets = batch or (tuple(array[None] for array in example.inputs), [example.target])
    keys = [(weight.name, weight.index) if weight.index else weight.name for weight in weights]
    return rehearse_updates(document, sample(inputs), targets, keys, steps, dict(state) or None)


def nudge(document: Document, example: Example, weight: ChosenWeight, change: float) -> Nudge:
    """Change one weight and compute what becomes of it."""
    from app.training.backpropagation import nudge_weight

    return nudge_weight(document, sample(example.inputs), example.target, weight.name, weight.index, change)
