"""The backward pass of a loss, called as Tensor.backward calls it, without its checks of what it may be given."""

from __future__ import annotations

from typing import Any

import torch

_run_backward = torch.autograd.Variable._execution_engine.run_backward


class BackwardPass:
    """Adds ∂L/∂w to the `grad` of everything that a loss, a scalar, was computed from.

    Tensor.backward takes tensors of any shape and class; telling that this is a plain scalar takes it a tenth of a
    small network's step (measured).

    `reached`: what the first loss was computed from. What is not among it has no gradient, and torch.optim leaves it.
    """

    def __init__(self) -> None:
        self._one: torch.Tensor | None = None
        self.reached: set[torch.Tensor] = set()

    def __call__(self, loss: torch.Tensor) -> None:
        """Raises RuntimeError, as Tensor.backward does, if the loss depends on nothing that is trained."""
        if self._one is None:
            self._one = torch.ones_like(loss)
            self.reached |= computed_from(loss)
        _run_backward((loss,), (self._one,), False, False, (), allow_unreachable=True, accumulate_grad=True)


def computed_from(loss: torch.Tensor) -> set[torch.Tensor]:
    """Return the tensors, such as weights, to which the backward pass of a loss brings a gradient."""
    found: set[torch.Tensor] = set()
    seen: set[Any] = set()
    waiting = [loss.grad_fn]
    while waiting:
        step = waiting.pop()
        if step is None or step in seen:
            continue
        seen.add(step)
        if hasattr(step, "variable"):  # the end of a way, where a gradient is added to its tensor
            found.add(step.variable)
        waiting += [before for before, _ in step.next_functions]
    return found


__all__ = ["BackwardPass", "computed_from"]
