"""Whether neurons are a pooling: means with equal frozen weights, or maxout groups, of fields in a map's channels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy

from compiler.unfolding.connections import Group, SourceKey
from compiler.unfolding.fields import Axis, Windows
from compiler.unfolding.recognise_windows import SeenMap, channel_groups, seen_map, size_value, windows_that_see
from compiler.unfolding.recognised import InputBlock, Recognised, has_bias


def recognise_max_pooling(
    group: Group, source: SourceKey, in_shape: tuple[int, ...], out_shape: tuple[int, ...]
) -> Recognised | None:
    """Return the MaxPool that maxout groups form, as the places of a map `out_shape`, or None."""
    for windows in _pooling_windows(seen_map(group, in_shape, out_shape), in_shape, out_shape):
        parameters = _parameters(windows) | {"dilation": size_value([axis.dilation for axis in windows.axes])}
        return Recognised(_kind("Max", windows), parameters, out_shape, [InputBlock(source, in_shape)])
    return None


def averages(group: Group) -> bool:
    """Whether neurons may be means: nothing of them is trained, no bias, no activation, positive equal weights."""
    if has_bias(group) or any(neuron.parameters["activation"] != "Identity" for neuron in group.neurons):
        return False
    for neuron in group.neurons:
        weights = {group.known_weight(connection) for connection in group.seen[neuron.id]}
        wires = [connection.wire for connection in group.seen[neuron.id]]
        if len(weights) != 1 or None in weights or any(wire.trainable or wire.tie is not None for wire in wires):
            return False
    return True


def recognise_average_pooling(
    group: Group, source: SourceKey, in_shape: tuple[int, ...], out_shape: tuple[int, ...]
) -> Recognised | None:
    """Return the AvgPool that neurons form, as the places of a map `out_shape`, or None. `averages` must hold."""
    seen = seen_map(group, in_shape, out_shape)
    for windows in _pooling_windows(seen, in_shape, out_shape):
        if any(axis.dilation != 1 for axis in windows.axes):
            continue
        for include in (True, False):
            if _divides_by(group, seen, windows.axes, include):
                parameters = _parameters(windows) | {"count_include_pad": include}
                return Recognised(_kind("Avg", windows), parameters, out_shape, [InputBlock(source, in_shape)])
    return None


def _pooling_windows(seen: SeenMap, in_shape: tuple[int, ...], out_shape: tuple[int, ...]) -> Iterator[Windows]:
    """Yield the fields that a pooling of these maps may have: each channel for itself, padded by half at most."""
    if out_shape[0] != in_shape[0] or channel_groups(seen) != in_shape[0]:
        return
    for ceil_mode in (False, True):
        for windows in windows_that_see(seen, in_shape[0], stride_of_one=False, ceil_mode=ceil_mode):
            if all(2 * axis.padding <= axis.kernel for axis in windows.axes):
                yield windows


def _divides_by(group: Group, seen: SeenMap, axes: tuple[Axis, ...], include: bool) -> bool:
    along = [[axis.mean_width(index, include) for index in range(axis.positions())] for axis in axes]
    widths = {
        place: math.prod(widths[index] for widths, index in zip(along, place[1:], strict=True))
        for place in itertools.product(*map(range, seen.out_shape))
    }
    return all(
        numpy.isclose(group.known_weight(connection) or 0.0, 1 / widths[place], rtol=1e-6, atol=0.0)
        for place, field in seen.places.items()
        for connection in itertools.islice(field.values(), 1)
    )


def _kind(what: str, windows: Windows) -> str:
    return f"{what}Pool{len(windows.axes)}d"


def _parameters(windows: Windows) -> dict[str, Any]:
    kernels = [axis.kernel for axis in windows.axes]
    strides = [axis.stride for axis in windows.axes]
    return {
        "kernel_size": size_value(kernels),
        "stride": None if strides == kernels else size_value(strides),
        "padding": size_value([axis.padding for axis in windows.axes]),
        "ceil_mode": windows.axes[0].ceil_mode,
    }
