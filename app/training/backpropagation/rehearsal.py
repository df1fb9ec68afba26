"""What the document's optimizer will make of some weights, tried on a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.training.backpropagation.trace import Inputs
from app.training.backpropagation.updates import UpdateTable
from graph_model import Document

WeightKey = str | tuple[str, Sequence[int] | int]
"""A weight's name in Document.weights, with its index in an array: "w1.weight", ("hidden.weight", (0, 3))."""


def rehearse_updates(
    document: Document,
    inputs: Inputs,
    targets: Sequence[int],
    names: Sequence[WeightKey],
    steps: int,
    optimizer_state: Mapping[str, Mapping[str, Any]] | None = None,
) -> UpdateTable:
    """Take some steps of the document's optimizer on a float64 copy, always on these examples, and tabulate them.

    `inputs`: as for trace_example, with the examples on axis 0. `optimizer_state`: weight name -> torch.optim's state
    of it ("momentum_buffer", "exp_avg", "exp_avg_sq", "square_avg", "sum", "step"), by default the optimizer's start.
    The document is not changed. Raises TrainingError as trace_example does, and for names or options that are not
    there.
    """
    raise NotImplementedError
