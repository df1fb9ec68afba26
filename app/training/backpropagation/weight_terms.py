"""One weight of a layer, spelled out: at each place where it is used, the input that it multiplies, and δ."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy
from torch import nn

from app.training.backpropagation.lstm_gates import factors_through_time
from app.training.backpropagation.quantities import Array, LayerNumbers, WeightTerm
from graph_model import TrainingError

Convolution = (nn.Conv1d, nn.Conv2d)
Statistics = Mapping[str, Array]
BatchNormalization = (nn.BatchNorm1d, nn.BatchNorm2d)


def terms_of(
    layer: LayerNumbers, module: nn.Module | None, parameter: str, index: tuple[int, ...], statistics: Statistics
) -> list[WeightTerm]:
    """Return one term for each place where a layer uses a weight; their products add up to ∂l/∂w.

    `statistics`: the running mean and variance of a batch normalization, by PyTorch's names. Raises TrainingError for a
    kind of layer whose weights are not multiplied with an input.
    """
    factors, deltas = _factors(layer, module, parameter, index, statistics)
    return [
        WeightTerm(place, float(factor), float(delta), float(factor * delta))
        for place, factor, delta in zip(numpy.ndindex(factors.shape), factors.flat, deltas.flat, strict=True)
    ]


def _factors(
    layer: LayerNumbers, module: nn.Module | None, parameter: str, index: tuple[int, ...], statistics: Statistics
) -> tuple[Array, Array]:
    """Return ∂z/∂w and ∂l/∂z, an array of places each."""
    if parameter == "activation.weight":
        return numpy.minimum(layer.z, 0.0), layer.upstream
    x = layer.inputs[0]
    if isinstance(module, nn.LSTM):
        return factors_through_time(layer, module, parameter, index)
    if isinstance(module, nn.PReLU):
        here = (index[0],) if module.num_parameters > 1 else ()
        return numpy.minimum(x, 0.0)[here], layer.delta[here]
    if isinstance(module, nn.Linear):
        return _of_linear(layer, x, parameter, index)
    if isinstance(module, (*Convolution, *BatchNormalization)):
        delta = layer.delta[index[0]]
        if parameter == "bias":
            return numpy.ones_like(delta), delta
        if isinstance(module, Convolution):
            return _seen_by_tap(x, module, delta.shape, index), delta
        return _normalized(x, statistics, module.eps)[index[0]], delta
    raise TrainingError(f"The weights of {layer.kind} '{layer.name}' cannot be spelled out as input × δ.")


def _of_linear(layer: LayerNumbers, x: Array, parameter: str, index: tuple[int, ...]) -> tuple[Array, Array]:
    delta = layer.delta[..., index[0]]
    if parameter == "bias":
        return numpy.ones_like(delta), delta
    is_there = list(index) not in [list(pair) for pair in layer.pruned]
    return (x[..., index[1]] if is_there else numpy.zeros_like(delta)), delta


def _seen_by_tap(x: Array, module: nn.Conv1d | nn.Conv2d, places: tuple[int, ...], index: tuple[int, ...]) -> Array:
    """Return what one tap of a filter sees at each place of the output; 0 in the padding.

    x: (channels, …); index: (filter, channel of its group, …).
    """
    filters_in_group = module.out_channels // module.groups
    channel = index[0] // filters_in_group * (module.in_channels // module.groups) + index[1]
    padding = [int(size) for size in module.padding]
    padded = numpy.pad(x[channel], [(size, size) for size in padding])
    seen = [
        tap * dilation + stride * numpy.arange(count)
        for tap, dilation, stride, count in zip(index[2:], module.dilation, module.stride, places, strict=True)
    ]
    found: Array = padded[numpy.ix_(*seen)]
    return found


def _normalized(x: Array, statistics: Statistics, eps: float) -> Array:
    """Return (x − mean) / √(variance + eps); x: (channels, …)."""
    along = (-1, *itertools.repeat(1, x.ndim - 1))
    mean, variance = statistics["running_mean"].reshape(along), statistics["running_var"].reshape(along)
    found: Array = (x - mean) / numpy.sqrt(variance + eps)
    return found
