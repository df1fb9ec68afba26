"""Where the way back begins: the loss, and ∂l/∂ of the answer."""

from __future__ import annotations

import torch

from app.training.backpropagation.plan import Plan
from app.training.backpropagation.walk import Walk


def loss_and_start(plan: Plan, walk: Walk, name: str, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the loss and ∂l/∂y in the shape of the answer, (examples, …). `name`: the document's loss."""
    answer = walk.answers()[0].requires_grad_()
    with torch.enable_grad():
        loss = plan.output.node.parameters["loss_weight"] * plan.loss(name)(answer, targets)
        (start,) = torch.autograd.grad(loss, answer)
    return loss.detach(), start
