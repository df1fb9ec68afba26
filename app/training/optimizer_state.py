"""What belongs to each weight besides its value, by the names of Document.weights.

The optimizer keeps one state a parameter (momentum_buffer; exp_avg, exp_avg_sq and step; square_avg; sum); a parameter
may hold the weights of many wires. Here each weight of the document gets its own part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from app.training.statistics import Array
from compiler.build import CompiledNetwork
from compiler.weights import named_weights


def optimizer_state(module: CompiledNetwork, optimizer: torch.optim.Optimizer) -> dict[str, dict[str, Array]]:
    """Return copies of the optimizer's state: "<node id>.weight", "<wire id>.weight", ... -> its quantities.

    A quantity has the shape of the weight ("exp_avg"), or () where there is one number for all ("step"). Weights
    without a state, as all are before the first update, are left out.
    """
    found: dict[str, dict[str, Array]] = {}
    for quantity in sorted({name for state in optimizer.state.values() for name in state}):
        per_parameter = {parameter: state.get(quantity) for parameter, state in optimizer.state.items()}
        for name, value in _by_name(module, per_parameter).items():
            found.setdefault(name, {})[quantity] = value
    return found


def gradients(module: CompiledNetwork) -> dict[str, Array]:
    """Return copies of the present minibatch's ∂L/∂w, each in the shape of its weight."""
    return _by_name(module, {parameter: parameter.grad for parameter in module.parameters()})


def _by_name(module: CompiledNetwork, tensors: Mapping[torch.Tensor, Any]) -> dict[str, Array]:
    """Return each weight's part of what belongs to its parameter; numbers, and tensors of one, go to all parts."""
    owners = {parameter.untyped_storage().data_ptr(): parameter for parameter in tensors}
    found: dict[str, Array] = {}
    for name, weight in named_weights(module):
        parameter = owners.get(weight.untyped_storage().data_ptr())
        value = None if parameter is None else tensors[parameter]
        if parameter is None or not isinstance(value, torch.Tensor):
            continue
        value = value.detach()
        if value.shape == parameter.shape:
            # The weight is a view of its parameter: the same view of what belongs to the parameter is its part.
            value = _laid_out_like(value, parameter).as_strided(
                weight.shape, weight.stride(), _offset(weight, parameter)
            )
        found[name] = value.cpu().numpy().copy()
    return found


def _laid_out_like(value: torch.Tensor, parameter: torch.Tensor) -> torch.Tensor:
    """Return the values in a storage of their own, in the order in which the parameter's numbers lie."""
    copy = torch.empty_strided(parameter.shape, parameter.stride(), dtype=value.dtype, device=value.device)
    return copy.copy_(value)


def _offset(weight: torch.Tensor, parameter: torch.Tensor) -> int:
    return int(weight.storage_offset()) - int(parameter.storage_offset())


__all__ = ["gradients", "optimizer_state"]
