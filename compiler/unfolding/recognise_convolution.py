"""Whether neurons are a convolution: one filter for each channel, moved over a map, with tied taps."""

from __future__ import annotations

from typing import Any

import numpy

from compiler.unfolding.connections import Connection, Group, SourceKey
from compiler.unfolding.fields import Windows
from compiler.unfolding.recognise_windows import SeenMap, channel_groups, seen_map, size_value, windows_that_see
from compiler.unfolding.recognised import InputBlock, Recognised, has_bias, is_trained
from graph_model import Node


def recognise_convolution(
    group: Group, source: SourceKey, in_shape: tuple[int, ...], out_shape: tuple[int, ...]
) -> Recognised | None:
    """Return the convolution that neurons form, as the places of a map `out_shape`, or None.

    Raises CompileError if they do, but are only partly frozen.
    """
    seen = seen_map(group, in_shape, out_shape)
    groups = channel_groups(seen)
    filters = _filters(group, out_shape)
    if groups is None or not _biases_fit(group, filters):
        return None
    for windows in windows_that_see(seen, groups, stride_of_one=True):
        taps = _taps(group, seen, windows)
        if taps is not None:
            break
    else:
        return None
    with_bias = has_bias(group)
    present = [(neuron, field.values()) for neuron, field in zip(group.neurons, seen.places.values(), strict=True)]
    axes = windows.axes
    parameters: dict[str, Any] = {
        "out_channels": out_shape[0],
        "kernel_size": size_value([axis.kernel for axis in axes]),
        "stride": size_value([axis.stride for axis in axes]),
        "padding": size_value([axis.padding for axis in axes]),
        "dilation": size_value([axis.dilation for axis in axes]),
        "groups": groups,
        "bias": with_bias,
        "activation": group.neurons[0].parameters["activation"],
        "trainable": is_trained(group, present, with_bias),
    }
    biases = [filter_neurons[0] for filter_neurons in filters] if with_bias else []
    return Recognised(f"Conv{len(axes)}d", parameters, out_shape, [InputBlock(source, in_shape)], taps, biases)


def _filters(group: Group, out_shape: tuple[int, ...]) -> list[list[Node]]:
    places = len(group.neurons) // out_shape[0]
    return [group.neurons[start : start + places] for start in range(0, len(group.neurons), places)]


def _biases_fit(group: Group, filters: list[list[Node]]) -> bool:
    """Whether each filter has one bias of its own, or none has any."""
    if not has_bias(group):
        return True
    return all(set(group.bias_sharers(neurons[0])) == {neuron.id for neuron in neurons} for neurons in filters)


def _taps(group: Group, seen: SeenMap, windows: Windows) -> numpy.ndarray[Any, Any] | None:
    """Return one connection for each tap of each filter, or None if connections of one tap do not share a weight, or
    share it with others. A tap that only ever lies in the padding has none."""
    found: dict[tuple[int, ...], list[Connection]] = {}
    for place, field in seen.places.items():
        by_element = {connection.element: connection for connection in field.values()}
        for tap, element in windows.field(place):
            if element not in by_element:
                return None
            found.setdefault((place[0], *tap), []).append(by_element[element])
    shape = (windows.out_channels, windows.channels_seen, *(axis.kernel for axis in windows.axes))
    taps = numpy.empty(shape, dtype=object)
    for tap, connections in found.items():
        ties = {connection.wire.tie for connection in connections}
        tie = ties.pop()
        if ties or (tie is None and len(connections) > 1):
            return None
        if tie is not None and len(group.graph.tied(tie)) != len(connections):
            return None
        taps[tap] = connections[0]
    return taps
