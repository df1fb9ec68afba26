"""The backward pass of a loss, called as Tensor.backward calls it, without its checks of what it may be given."""

from __future__ import annotations

import torch

_run_backward = torch.autograd.Variable._execution_engine.run_backward


class BackwardPass:
    """Adds ∂L/∂w to the `grad` of everything that a loss, a scalar, was computed from.

    Tensor.backward takes tensors of any shape and class; telling that this is a plain scalar takes it a tenth of a
    small network's step (measured).
    """

    def __init__(self) -> None:
        self._one: torch.Tensor | None = None

    def __call__(self, loss: torch.Tensor) -> None:
        """Raises RuntimeError, as Tensor.backward does, if the loss depends on nothing that is trained."""
        if self._one is None:
            self._one = torch.ones_like(loss)
        _run_backward((loss,), (self._one,), False, False, (), allow_unreachable=True, accumulate_grad=True)


__all__ = ["BackwardPass"]
