"""Statistics of each layer's gradient, every step: root mean square, mean absolute value and L2 norm of ∂L/∂W.

They hold however small a gradient is, though the square of one of 10⁻²⁰ is no float32 number. The gradients of small
networks on the processor lie end to end (flat_weights.py). NumPy sums short layers there in float64, all at once; long
ones are summed one by one in float32, and again in float64 where that is too narrow. Other networks take two fused
norms over all weights and bring them over in one transfer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy
import torch
from torch import nn

from app.training.flat_weights import FlatWeights, flat_weights
from compiler.layers import Layer

Array = numpy.ndarray[Any, Any]
Sums = Callable[[], Array]
"""Measures each layer's sum of squares and sum of absolute values, float64 (2, layers)."""

LONG = 2_000
"""Weights of a layer, on the average, from which it is faster to sum each layer by itself."""
SQUARES = (1e-25, 1e30)
"""Between these a sum of squares in float32 is right: what falls out of its range is too little to be seen."""


class GradientStatistics:
    """Measures ∂L/∂W of each layer; a layer's W may consist of several parameters. Owns how gradients are cleared."""

    def __init__(self, module: nn.Module, layers: Sequence[Layer]) -> None:
        named = dict(module.named_parameters())
        self._layer_count = len(layers)
        self._weights = [named[name] for layer in layers for name in layer.parameters]
        self._owners = numpy.array([index for index, layer in enumerate(layers) for _ in layer.parameters], dtype=int)
        self._sizes = numpy.array([layer.weight_count for layer in layers], dtype=numpy.float64)
        self._divisors = numpy.stack([numpy.sqrt(self._sizes), self._sizes])
        self._result = numpy.zeros((3, len(layers)))
        self._means, self._norms = self._result[:2], self._result[2]
        chosen = {id(weight) for weight in self._weights}
        self._others = [
            parameter for parameter in named.values() if id(parameter) not in chosen and parameter.requires_grad
        ]
        self.flat = flat_weights([*self._weights, *self._others])
        """The weights layer after layer, then what else is trained; None if they do not lie end to end."""
        self._sums = self._sums_of_norms if self.flat is None else self._sums_of_flat(self.flat)

    def clear(self) -> None:
        """Forget the present gradients."""
        if self.flat is not None:
            self.flat.gradients.zero_()
            return
        for parameter in (*self._weights, *self._others):
            parameter.grad = None

    def measure(self) -> Array:
        """Return float64 (3, layers): rms, mean_abs and norm of the present gradients (0 where there is none).

        The array is used again by the next call.
        """
        if self._weights:
            sums = self._sums()
            sums[0] = numpy.sqrt(sums[0], out=self._norms)
            numpy.divide(sums, self._divisors, out=self._means)
        return self._result

    def _sums_of_flat(self, flat: FlatWeights) -> Sums:
        """The way to sum gradients that lie end to end, layer after layer."""
        first = numpy.searchsorted(self._owners, numpy.arange(self._layer_count))
        ends = [*flat.starts, len(flat.gradients)]
        starts = [ends[index] for index in first]
        stop = ends[len(self._weights)]
        numbers = flat.gradients[:stop]
        if stop < LONG * len(starts):
            return partial(_short_sums, numbers.numpy(), numpy.array(starts), numpy.empty((2, stop)))
        layers = [numbers[start:end] for start, end in pairwise([*starts, stop])]
        scratch = torch.empty(max((len(layer) for layer in layers), default=0))
        return partial(_long_sums, [(layer, scratch[: len(layer)]) for layer in layers])

    def _sums_of_norms(self) -> Array:
        gradients = [weight.grad if weight.grad is not None else torch.zeros_like(weight) for weight in self._weights]
        precision = torch.float32 if gradients[0].device.type == "mps" else torch.float64
        norms = torch._foreach_norm(gradients, 2, dtype=precision)
        sums = torch._foreach_norm(gradients, 1, dtype=precision)
        values = torch.stack([*norms, *sums]).cpu().numpy().astype(numpy.float64, copy=False)
        norm, total = values[: len(gradients)], values[len(gradients) :]
        return numpy.stack([self._per_layer(norm * norm), self._per_layer(total)])

    def _per_layer(self, values: Array) -> Array:
        result = numpy.zeros(self._layer_count)
        numpy.add.at(result, self._owners, values)
        return result


def _short_sums(numbers: Array, starts: Array, wide: Array) -> Array:
    """Sums of squares and of absolute values, all layers at once. `wide`: float64 (2, n), to compute in."""
    squares, magnitudes = wide
    numpy.abs(numbers, out=magnitudes)
    numpy.multiply(magnitudes, magnitudes, out=squares)
    return numpy.add.reduceat(wide, starts, axis=1)


def _long_sums(layers: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> Array:
    """The same, layer after layer. `layers`: gradients, float32 (n,), and as many numbers to compute in."""
    least, most = SQUARES
    squares: list[float] = []
    totals: list[float] = []
    for gradient, magnitude in layers:
        torch.abs(gradient, out=magnitude)
        square, total = torch.dot(gradient, gradient).item(), magnitude.sum().item()
        if not least < square < most:
            exact = magnitude.numpy().astype(numpy.float64)
            square, total = float(numpy.square(exact).sum()), float(exact.sum())
        squares.append(square)
        totals.append(total)
    return numpy.array((squares, totals))
