"""What an operator takes for itself on a processor while it runs, which no tensor of torch's shows.

Each rule has its reason in how the operator works, and was compared with the resident memory of a process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

Tensors = Sequence[torch.Tensor]

SIDE_BY_SIDE = {"AVX512": 16, "AVX2": 8}
"""Instruction set -> float32 numbers in a register: oneDNN lays so many channels side by side, the last ones padded
with zeros (its layouts nChw16c and nChw8c)."""
PLAIN_BACKWARD = (1, 3)
"""Channels of an input, black and white or coloured, that oneDNN reads backward in torch's layout."""


def _forward_copies(taken: Tensors, given: Tensors) -> int:
    """oneDNN computes convolutions in its own layout: a copy of the input, unless it has fewer channels than lie side
    by side, and a copy of the output."""
    inputs = taken[0]
    copied = 0 if inputs.shape[1] < _side_by_side() else _in_own_layout(inputs)
    return copied + _in_own_layout(given[0])


def _backward_copies(taken: Tensors, given: Tensors) -> int:
    """The gradient of the output, and of the input, whether for its gradient or for that of the weights."""
    gradient, inputs = taken[0], taken[1]
    passes_on = any(one.shape == inputs.shape for one in given[:1])
    plain = inputs.shape[1] in PLAIN_BACKWARD and not passes_on
    return _in_own_layout(gradient) + (0 if plain else _in_own_layout(inputs))


def _casts(taken: Tensors, given: Tensors) -> int:
    """Before it computes, torch copies what has another type than the result, such as a mask that is multiplied."""
    dtype = given[0].dtype
    return sum(one.numel() * dtype.itemsize for one in taken if one.dim() and one.dtype != dtype)


SCRATCH: dict[Any, Callable[[Tensors, Tensors], int]] = {
    torch.ops.aten.convolution: _forward_copies,
    torch.ops.aten.convolution_backward: _backward_copies,
    **dict.fromkeys(
        (
            torch.ops.aten.add,
            torch.ops.aten.sub,
            torch.ops.aten.mul,
            torch.ops.aten.div,
            torch.ops.aten.sum,
            torch.ops.aten.mean,
        ),
        _casts,
    ),
}


def scratch_of(operator: Any, taken: Tensors, given: Tensors) -> int:
    """Return the bytes that an operator takes beside its results, from the tensors that it takes and gives."""
    rule = SCRATCH.get(operator)
    return rule(taken, given) if rule is not None and given else 0


def _in_own_layout(tensor: torch.Tensor) -> int:
    width = _side_by_side()
    channels = tensor.shape[1]
    return tensor.numel() // max(1, channels) * (-(-channels // width) * width) * tensor.element_size()


def _side_by_side() -> int:
    return SIDE_BY_SIDE.get(torch.backends.cpu.get_cpu_capability(), 1)
