"""One weight is changed a little, and the change is followed to the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.training.backpropagation.quantities import Number
from app.training.backpropagation.trace import Inputs, Trace
from graph_model import Document


@dataclass(frozen=True)
class NudgedStage:
    """How much of a change arrives at one forward stage: the root mean square of Δa over all its numbers."""

    title: str
    node_ids: tuple[str, ...]
    root_mean_square: float


@dataclass(frozen=True)
class Nudge:
    """What a change Δw of one weight does. `predicted`: ∂l/∂w · Δw. `differences`: node id -> Δa."""

    name: str
    index: tuple[int, ...]
    change: float
    before: Trace
    after: Trace
    differences: dict[str, Number]
    loss_change: float
    predicted: float
    stages: tuple[NudgedStage, ...]


def nudge_weight(
    document: Document, inputs: Inputs, target: int, name: str, index: Sequence[int] | int, change: float
) -> Nudge:
    """Change one weight (with all that share it) by Δw and return what becomes of it on the way to the loss.

    `name`: as in Document.weights; `index`: the place in its array, () for a single number. Raises TrainingError for a
    weight that is not there.
    """
    raise NotImplementedError


def finite_difference(
    document: Document, inputs: Inputs, target: int, name: str, index: Sequence[int] | int = (), step: float = 1e-6
) -> float:
    """Return (l(w + h) − l(w − h)) / 2h for one weight (with all that share it): ∂l/∂w without any calculus."""
    raise NotImplementedError
