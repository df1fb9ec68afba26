"""Whether neurons look at a feature map through a moving window: which field each sees, and how the window moves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy

from compiler.unfolding.connections import Connection, Group
from compiler.unfolding.fields import Axis, Windows
from compiler.unfolding.window_search import axes_that_see

MOST_CANDIDATES = 8
"""How many ways to move along an axis are tried."""


@dataclass
class SeenMap:
    """What each place of the output sees of a map: {(channel, y, x): connection}; all places of a channel of the output
    see the same channels."""

    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    places: dict[tuple[int, ...], dict[tuple[int, ...], Connection]]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of the map's axes behind the channel."""
        return self.in_shape[1:]


def seen_map(group: Group, in_shape: tuple[int, ...], out_shape: tuple[int, ...]) -> SeenMap:
    """Return the fields of neurons that are the places of a map `out_shape`, in order, laid flat."""
    places = {}
    for place, neuron in zip(itertools.product(*map(range, out_shape)), group.neurons, strict=True):
        row = group.seen[neuron.id]
        if len(row) == 1 and group.is_absent(row[0]):
            row = []
        where = [numpy.unravel_index(connection.element, in_shape) for connection in row]
        places[place] = {
            tuple(int(axis) for axis in index): connection for index, connection in zip(where, row, strict=True)
        }
    return SeenMap(in_shape, out_shape, places)


def channel_groups(seen: SeenMap) -> int | None:
    """Return in how many groups channels are looked at, or None if they are looked at otherwise."""
    channels_of: dict[int, set[int]] = {channel: set() for channel in range(seen.out_shape[0])}
    for place, field in seen.places.items():
        channels_of[place[0]] |= {index[0] for index in field}
    width = len(channels_of[0])
    if width == 0 or seen.in_shape[0] % width:
        return None
    groups = seen.in_shape[0] // width
    if seen.out_shape[0] % groups:
        return None
    windows = Windows((), seen.in_shape[0], seen.out_shape[0], groups)
    for channel, channels in channels_of.items():
        first = windows.first_channel(channel)
        if channels != set(range(first, first + width)):
            return None
    return groups


def windows_that_see(seen: SeenMap, groups: int, *, stride_of_one: bool, ceil_mode: bool = False) -> Iterator[Windows]:
    """Yield the windows through which the map is seen as it is, the simplest first."""
    fields = _fields_along(seen)
    width = seen.in_shape[0] // groups
    for place, field in seen.places.items():
        expected = width * math.prod(len(fields[axis][index]) for axis, index in enumerate(place[1:]))
        if len(field) != expected:
            return
    candidates: list[list[Axis]] = []
    for along, size in zip(fields, seen.sizes, strict=True):
        found = axes_that_see(along, size, stride_of_one=stride_of_one, ceil_mode=ceil_mode)
        candidates.append(list(itertools.islice(found, MOST_CANDIDATES)))
    for axes in itertools.product(*candidates):
        yield Windows(axes, seen.in_shape[0], seen.out_shape[0], groups)


def _fields_along(seen: SeenMap) -> list[list[tuple[int, ...]]]:
    """Return for each axis what each position along it sees, over all places together."""
    fields: list[list[set[int]]] = [[set() for _ in range(size)] for size in seen.out_shape[1:]]
    for place, field in seen.places.items():
        for axis, position in enumerate(place[1:]):
            fields[axis][position] |= {index[axis + 1] for index in field}
    return [[tuple(sorted(indices)) for indices in along] for along in fields]


def size_value(sizes: list[int]) -> int | list[int]:
    """Return sizes along axes as a parameter holds them."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
