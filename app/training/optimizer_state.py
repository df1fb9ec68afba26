"""What belongs to each weight besides its value, by the names of Document.weights: gradient and optimizer's memory."""

from __future__ import annotations

import torch

from app.training.statistics import Array
from compiler.compiled_network import CompiledNetwork
from compiler.weights import by_name


def optimizer_state(module: CompiledNetwork, optimizer: torch.optim.Optimizer) -> dict[str, dict[str, Array]]:
    """Return copies of the optimizer's state: "<node id>.weight", "<wire id>.weight", ... -> its quantities.

    Their names are torch.optim's: momentum_buffer; exp_avg, exp_avg_sq; square_avg; sum; step. A quantity has the
    shape of the weight, "step" has (). Weights without a state, as all are before the first update, are left out.
    """
    found: dict[str, dict[str, Array]] = {}
    for quantity in sorted({name for state in optimizer.state.values() for name in state}):
        for name, value in by_name(module, lambda tensor: _quantity(optimizer, tensor, quantity)).items():  # noqa: B023
            found.setdefault(name, {})[quantity] = value.flat[:1].reshape(()) if quantity == "step" else value
    return found


def gradients(module: CompiledNetwork) -> dict[str, Array]:
    """Return copies of the present minibatch's ∂L/∂w, each in the shape of its weight."""
    return by_name(module, lambda tensor: tensor.grad if tensor.is_leaf else None)


def _quantity(optimizer: torch.optim.Optimizer, tensor: torch.Tensor, quantity: str) -> torch.Tensor | None:
    """Return a quantity in the shape of its parameter, though it be one number for all of it."""
    value = optimizer.state[tensor].get(quantity) if tensor in optimizer.state else None
    return value.expand(tensor.shape) if isinstance(value, torch.Tensor) else None


__all__ = ["gradients", "optimizer_state"]
