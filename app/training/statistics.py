"""Statistics of each layer's gradient, every step: root mean square, mean absolute value and L2 norm of ∂L/∂W.

Norms are taken in float64, since the square of a gradient of 10⁻²⁰ is no float32 number, in two fused calls over all
weights, and brought over in one transfer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
import torch
from torch import nn

from compiler.layers import Layer

Array = numpy.ndarray[Any, Any]


class GradientStatistics:
    """Measures ∂L/∂W of each layer; a layer's W may consist of several parameters."""

    def __init__(self, module: nn.Module, layers: Sequence[Layer]) -> None:
        named = dict(module.named_parameters())
        self._parameters = [named[name] for layer in layers for name in layer.parameters]
        owners = [index for index, layer in enumerate(layers) for _ in layer.parameters]
        self._single = len(owners) == len(layers)
        self._owners = numpy.array(owners, dtype=numpy.int64)
        self._layer_count = len(layers)
        sizes = numpy.zeros(len(layers))
        numpy.add.at(sizes, self._owners, [parameter.numel() for parameter in self._parameters])
        self._sizes = sizes
        self._roots = numpy.sqrt(sizes)

    def measure(self) -> Array:
        """Return float64 (3, layers): rms, mean_abs and norm of the present gradients (0 where there is none)."""
        if not self._parameters:
            return numpy.zeros((3, 0))
        gradients = [
            parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)
            for parameter in self._parameters
        ]
        norms = torch._foreach_norm(gradients, 2, dtype=_precision(gradients[0]))
        sums = torch._foreach_norm(gradients, 1, dtype=_precision(gradients[0]))
        values = torch.stack([*norms, *sums]).cpu().numpy().astype(numpy.float64, copy=False)
        norm, total = values[: len(gradients)], values[len(gradients) :]
        if not self._single:
            norm = numpy.sqrt(self._per_layer(norm * norm))
            total = self._per_layer(total)
        return numpy.stack([norm / self._roots, total / self._sizes, norm])

    def _per_layer(self, values: Array) -> Array:
        result = numpy.zeros(self._layer_count)
        numpy.add.at(result, self._owners, values)
        return result


def _precision(gradient: torch.Tensor) -> torch.dtype:
    """float64, except on Apple's MPS, which has none."""
    return torch.float32 if gradient.device.type == "mps" else torch.float64
