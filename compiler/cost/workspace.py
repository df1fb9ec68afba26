"""The workspace that oneDNN keeps from an LSTM's forward pass for the backward pass.

Its size is so much for each time step of each sample, but each of its parts begins on a page of its own. So it is found
from runs with few time steps and whole pages of samples, which take no time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

FILLED_FORWARD = 0.35
FILLED_BACKWARD = 0.55
"""Shares of a workspace for which memory is taken in the forward pass, and besides in the backward pass with oneDNN's
scratch; what is reserved for the first layer's states is never written (measured by resident memory)."""
LENGTHS = (1, 2)
"""Time steps."""
SAMPLES = 64
"""So many numbers of float32, of 64 bytes and more for each sample, end where a page does."""


def is_workspace(tensor: torch.Tensor) -> bool:
    """Whether a tensor that autograd keeps on a processor is such a workspace: it alone has bytes for numbers."""
    return tensor.dtype == torch.uint8 and tensor.dim() == 1 and not tensor.is_meta


def per_sample(sizes: Callable[[int, int], Sequence[int]], length: int) -> tuple[int, ...]:
    """Return the bytes of each workspace for a sample of so many time steps.

    `sizes`: (time steps, samples) -> the bytes of each.
    """
    short, long = (sizes(each, SAMPLES) for each in LENGTHS)
    return tuple((one + (length - 1) * (other - one)) // SAMPLES for one, other in zip(short, long, strict=True))


__all__ = ["FILLED_BACKWARD", "FILLED_FORWARD", "is_workspace", "per_sample"]
