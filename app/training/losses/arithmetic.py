"""The losses' arithmetic: torch.nn.functional's, with targets in the form that each of them takes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from app.training.losses.functions import LossFunction
from app.training.losses.targets import known_rows, outputs_and_values, rows_and_classes
from graph_model import TrainingError

SMALLEST_CONFIDENCE = 1e-12

Function = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def confidence_entropy(confidences: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of what is a softmax already."""
    return _nll_loss(torch.log(confidences.clamp_min(SMALLEST_CONFIDENCE)), targets)


def _of_classes(function: Function) -> LossFunction:
    def loss(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return function(*rows_and_classes(outputs, targets))

    return loss


def _of_values(function: Function) -> LossFunction:
    def loss(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return function(*outputs_and_values(outputs, targets))

    return loss


_nll_loss = _of_classes(functional.nll_loss)


def _multi_margin(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.multi_margin_loss(*known_rows(outputs, targets))


def _multilabel_margin(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The set of right classes has one: its number, and −1 behind it."""
    rows, classes = known_rows(outputs, targets)
    wanted = torch.full_like(rows, -1, dtype=torch.long)
    wanted[:, 0] = classes
    return functional.multilabel_margin_loss(rows, wanted)


def _hinge_embedding(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    distances, values = outputs_and_values(outputs, targets)
    return functional.hinge_embedding_loss(distances, 2.0 * values - 1.0)


def _soft_margin(outputs: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return functional.soft_margin_loss(outputs, 2.0 * values - 1.0)


def _kl_div(outputs: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return functional.kl_div(outputs, values, reduction="batchmean")


def _multilabel_soft_margin(outputs: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """torch averages over the last axis, then over all others: both are the same average."""
    return functional.multilabel_soft_margin_loss(outputs, values)


def _binary_cross_entropy(outputs: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Says in words what torch only refuses, and what a GPU cannot recover from."""
    lowest, highest = (float(bound) for bound in outputs.detach().aminmax())
    if lowest < 0.0 or highest > 1.0:
        raise TrainingError(
            f"Binary cross-entropy needs confidences from 0 to 1, but the outputs reach from {lowest:.3g} to "
            f"{highest:.3g}. Let the network end in a Sigmoid, or choose binary_cross_entropy_with_logits."
        )
    return functional.binary_cross_entropy(outputs, values)


def _gaussian_nll(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Values, and the logarithms of their variances, side by side on the last axis."""
    values, log_variances = outputs.chunk(2, dim=-1)
    wanted = targets.to(outputs.dtype).reshape(values.shape)
    return functional.gaussian_nll_loss(values, wanted, log_variances.exp())


def _output_itself(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return outputs.mean()


FUNCTIONS: dict[str, LossFunction] = {
    "cross_entropy": _of_classes(functional.cross_entropy),
    "nll_loss": _nll_loss,
    "mean_squared_error": _of_values(functional.mse_loss),
    "l1_loss": _of_values(functional.l1_loss),
    "smooth_l1_loss": _of_values(functional.smooth_l1_loss),
    "huber_loss": _of_values(functional.huber_loss),
    "binary_cross_entropy": _of_values(_binary_cross_entropy),
    "binary_cross_entropy_with_logits": _of_values(functional.binary_cross_entropy_with_logits),
    "multilabel_soft_margin_loss": _of_values(_multilabel_soft_margin),
    "soft_margin_loss": _of_values(_soft_margin),
    "multi_margin_loss": _multi_margin,
    "multilabel_margin_loss": _multilabel_margin,
    "hinge_embedding_loss": _hinge_embedding,
    "kl_div": _of_values(_kl_div),
    "poisson_nll_loss": _of_values(functional.poisson_nll_loss),
    "gaussian_nll_loss": _gaussian_nll,
    "output_itself": _output_itself,
}
