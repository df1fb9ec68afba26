"""Where the way back begins: the losses of all Outputs, and ∂l/∂ of what each of them receives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from app.training.backpropagation.plan import Plan
from app.training.backpropagation.walk import Walk


@dataclass(frozen=True)
class Start:
    """`loss`: the losses of all Outputs, weighed and summed. For each Output: `losses`: its own; `own_gradients`: ∂ of
    that by what it receives, (examples, …); `gradients`: the same times its weight, with which the way back begins.
    """

    loss: torch.Tensor
    losses: tuple[torch.Tensor, ...]
    own_gradients: tuple[torch.Tensor, ...]
    gradients: tuple[torch.Tensor, ...]


def start_of(plan: Plan, walk: Walk, name: str, targets: Sequence[torch.Tensor]) -> Start:
    """Return where the way back begins. `name`: the document's loss; `targets`: as target_tensors gives them."""
    objective = plan.objective(name, len(targets))
    answers = [answer.requires_grad_() for answer in walk.answers()]
    with torch.enable_grad():
        losses = objective.losses(answers, targets)
        own = [torch.autograd.grad(loss, answer)[0] for loss, answer in zip(losses, answers, strict=True)]
    known = [loss.detach() for loss in losses]
    weighed = [term.weight * gradient for term, gradient in zip(objective.terms, own, strict=True)]
    return Start(objective.sum_of(known), tuple(known), tuple(own), tuple(weighed))
