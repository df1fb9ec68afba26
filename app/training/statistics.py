"""Statistics of each layer's gradient, every step: root mean square, mean absolute value and L2 norm of ∂L/∂W.

Everything is summed in float64, since the square of a gradient of 10⁻²⁰ is no float32 number. Small networks on the
processor keep all gradients in one buffer, whose parts autograd adds to: setting it to zero is one call, and NumPy
reads it without a copy. Others take two fused norms over all weights and bring them over in one transfer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
import torch
from torch import nn

from compiler.layers import Layer

Array = numpy.ndarray[Any, Any]

LARGEST_BUFFER = 100_000
"""Numbers in the network up to which one buffer is the faster way."""


class GradientStatistics:
    """Measures ∂L/∂W of each layer; a layer's W may consist of several parameters. Owns how gradients are cleared."""

    def __init__(self, module: nn.Module, layers: Sequence[Layer]) -> None:
        named = dict(module.named_parameters())
        self._layer_count = len(layers)
        self._weights = [named[name] for layer in layers for name in layer.parameters]
        self._owners = numpy.array([index for index, layer in enumerate(layers) for _ in layer.parameters], dtype=int)
        self._sizes = numpy.array([layer.weight_count for layer in layers], dtype=numpy.float64)
        self._roots = numpy.sqrt(self._sizes)
        lengths = numpy.zeros(len(layers))
        numpy.add.at(lengths, self._owners, [weight.numel() for weight in self._weights])
        self._lengths = lengths.astype(int)
        chosen = {id(weight) for weight in self._weights}
        self._others = [
            parameter for parameter in named.values() if id(parameter) not in chosen and parameter.requires_grad
        ]
        self.offsets: dict[int, int] = {}
        """id of a parameter -> where its gradient begins in `buffer`."""
        self.buffer: Array | None = None
        """The gradients of all parameters end to end, always the present ones; None if they do not share a buffer."""
        self._buffer = self._make_buffer()

    def clear(self) -> None:
        """Forget the present gradients."""
        if self._buffer is not None:
            self._buffer.zero_()
            return
        for parameter in (*self._weights, *self._others):
            parameter.grad = None

    def measure(self) -> Array:
        """Return float64 (3, layers): rms, mean_abs and norm of the present gradients (0 where there is none)."""
        if not self._weights:
            return numpy.zeros((3, 0))
        squares, sums = self._sums_of_buffer() if self._buffer is not None else self._sums_of_norms()
        norm = numpy.sqrt(squares)
        return numpy.stack([norm / self._roots, sums / self._sizes, norm])

    def _make_buffer(self) -> torch.Tensor | None:
        """Lay all gradients into one buffer, the weights first and layer after layer; None if that does not pay."""
        parameters = [*self._weights, *self._others]
        total = sum(parameter.numel() for parameter in parameters)
        fits = total <= LARGEST_BUFFER and all(
            parameter.device.type == "cpu" and parameter.dtype == torch.float32 for parameter in parameters
        )
        if not fits or not self._weights:
            return None
        buffer = torch.zeros(total)
        start = 0
        for parameter in parameters:
            parameter.grad = buffer[start : start + parameter.numel()].view_as(parameter)
            self.offsets[id(parameter)] = start
            start += parameter.numel()
        self._starts = numpy.concatenate([[0], numpy.cumsum(self._lengths)[:-1]]).astype(int)
        self.buffer = buffer.numpy()
        self._numbers = self.buffer[: int(self._lengths.sum())]
        return buffer

    def _sums_of_buffer(self) -> tuple[Array, Array]:
        wide = self._numbers.astype(numpy.float64)
        sums = numpy.add.reduceat(numpy.abs(wide), self._starts)
        return numpy.add.reduceat(numpy.square(wide, out=wide), self._starts), sums

    def _sums_of_norms(self) -> tuple[Array, Array]:
        gradients = [weight.grad if weight.grad is not None else torch.zeros_like(weight) for weight in self._weights]
        precision = torch.float32 if gradients[0].device.type == "mps" else torch.float64
        norms = torch._foreach_norm(gradients, 2, dtype=precision)
        sums = torch._foreach_norm(gradients, 1, dtype=precision)
        values = torch.stack([*norms, *sums]).cpu().numpy().astype(numpy.float64, copy=False)
        norm, total = values[: len(gradients)], values[len(gradients) :]
        return self._per_layer(norm * norm), self._per_layer(total)

    def _per_layer(self, values: Array) -> Array:
        result = numpy.zeros(self._layer_count)
        numpy.add.at(result, self._owners, values)
        return result
