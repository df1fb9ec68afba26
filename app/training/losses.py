"""Losses: how far the network's answer is from what it should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph_model import Graph, TrainingError

if TYPE_CHECKING:
    import torch

    from compiler.program import Program

SMALLEST_CONFIDENCE = 1e-12

LossFunction = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]


@dataclass(frozen=True)
class LossKind:
    """A loss that can be chosen."""

    name: str
    title: str
    meaning: str


_KINDS = {
    kind.name: kind
    for kind in (
        LossKind(
            "cross_entropy",
            "Cross-entropy",
            "−ln of the confidence that the network gives to the right class, averaged over the batch. The confidences "
            "are the softmax of the outputs.",
        ),
        LossKind(
            "mean_squared_error",
            "Mean squared error",
            "The squared difference between each output and its target (1 for the right class, 0 for the others), "
            "averaged.",
        ),
    )
}


def losses() -> dict[str, LossKind]:
    """Return name -> loss."""
    return dict(_KINDS)


def loss_function(name: str, graph: Graph | Program) -> LossFunction:
    """Return the loss of outputs (batch, classes) and class numbers (batch,), averaged over the batch.

    If the drawing itself ends in a Softmax, cross-entropy is −ln of that confidence and no second softmax is taken
    (Hung-yi Lee, Deep Learning: −Σ ŷᵢ ln yᵢ). Raises TrainingError for an unknown name.
    """
    from torch.nn import functional

    if name == "mean_squared_error":
        return _squared_error
    if name == "cross_entropy":
        return _confidence_entropy if ends_in_softmax(graph) else functional.cross_entropy
    raise TrainingError(f"There is no loss '{name}'. There are {', '.join(_KINDS)}.")


def ends_in_softmax(graph: Graph | Program) -> bool:
    """Whether the first Output receives the confidences of a Softmax."""
    from compiler.program import lower

    outputs = (lower(graph) if isinstance(graph, Graph) else graph).outputs
    sources = outputs[0].sources if outputs else ()
    if len(sources) != 1:
        return False
    node = sources[0].node
    return node.kind == "Softmax" or node.parameters.get("activation") == "Softmax"


def _squared_error(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    from torch.nn import functional

    wanted = functional.one_hot(targets, outputs.shape[1]).to(outputs.dtype)
    return functional.mse_loss(outputs, wanted)


def _confidence_entropy(confidences: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    import torch
    from torch.nn import functional

    return functional.nll_loss(torch.log(confidences.clamp_min(SMALLEST_CONFIDENCE)), targets)
