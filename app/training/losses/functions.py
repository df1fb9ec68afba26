"""From a loss's name to what computes it, for a drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.training.losses.ending import last_function
from app.training.losses.registry import loss_kind
from graph_model import Graph

if TYPE_CHECKING:
    import torch

    from compiler.program import Program

LossFunction = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]


def loss_function(name: str, graph: Graph | Program, output: int = 0) -> LossFunction:
    """Return the loss of outputs and targets, averaged over the batch.

    Targets are class numbers, int64 (batch,) or (batch, time) for outputs (batch, classes) or (batch, time, classes),
    or values, float32, as many as outputs. `output`: which Output of the drawing. If the drawing itself ends in a
    Softmax, cross-entropy is −ln of that confidence and no second softmax is taken (Hung-yi Lee, Deep Learning:
    −Σ ŷᵢ ln yᵢ). Raises TrainingError for an unknown name.
    """
    loss_kind(name)
    from app.training.losses.arithmetic import FUNCTIONS, confidence_entropy

    if name == "cross_entropy" and ends_in_softmax(graph, output):
        return confidence_entropy
    return FUNCTIONS[name]


def ends_in_softmax(graph: Graph | Program, output: int = 0) -> bool:
    """Whether an Output receives the confidences of a Softmax."""
    from compiler.program import lower

    outputs = (lower(graph) if isinstance(graph, Graph) else graph).outputs
    return len(outputs) > output and last_function(outputs[output]) == "Softmax"
