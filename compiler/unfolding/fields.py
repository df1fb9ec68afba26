"""Which numbers of a feature map each position of a convolution or a pooling sees.

Sizes, strides and paddings are in steps along an axis (pixels of an image), as torch.nn counts them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Axis:
    """How a window moves along one axis of `size` numbers."""

    size: int
    kernel: int
    stride: int
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    def positions(self) -> int:
        """Return how many places the window has, by torch's rule: with `ceil_mode` the last may be incomplete, but
        must begin within the axis or the padding before it."""
        room = self.size + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        if room < 0 and not self.ceil_mode:
            return 0
        if not self.ceil_mode:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        return count - 1 if (count - 1) * self.stride >= self.size + self.padding else count

    def field(self, position: int) -> tuple[tuple[int, int], ...]:
        """Return (tap, index) of what the window sees at a position; what lies in the padding is left out."""
        start = position * self.stride - self.padding
        seen = ((tap, start + tap * self.dilation) for tap in range(self.kernel))
        return tuple((tap, index) for tap, index in seen if 0 <= index < self.size)

    def mean_width(self, position: int, count_include_pad: bool) -> int:
        """Return by how many numbers an average divides along this axis; what a window of `ceil_mode` reaches beyond
        the padding never counts."""
        if not count_include_pad:
            return len(self.field(position))
        start = position * self.stride - self.padding
        return min(start + self.kernel, self.size + self.padding) - start


@dataclass(frozen=True)
class Windows:
    """A window over the axes of a map; `groups` of channels are looked at separately, as torch.nn.Conv2d does."""

    axes: tuple[Axis, ...]
    in_channels: int
    out_channels: int
    groups: int

    @property
    def channels_seen(self) -> int:
        """How many channels of the input each channel of the output sees."""
        return self.in_channels // self.groups

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what comes out, without the batch."""
        return (self.out_channels, *(axis.positions() for axis in self.axes))

    def first_channel(self, channel: int) -> int:
        """Return the first channel of the input that a channel of the output sees."""
        return channel // (self.out_channels // self.groups) * self.channels_seen

    def positions(self) -> Iterator[tuple[int, ...]]:
        """Yield (channel, y, x) of all places, the last axis fastest."""
        return itertools.product(*(range(size) for size in self.shape))

    def field(self, position: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield ((channel within the group, tap y, tap x), element of the input counted flat)."""
        channel, *place = position
        first = self.first_channel(channel)
        sizes = [axis.size for axis in self.axes]
        along = [axis.field(index) for axis, index in zip(self.axes, place, strict=True)]
        for offset in range(self.channels_seen):
            for seen in itertools.product(*along):
                yield (offset, *(tap for tap, _ in seen)), flat_index((first + offset, *(i for _, i in seen)), sizes)

    def wire_count(self) -> int:
        """Return how many numbers all places see together."""
        along = (sum(len(axis.field(index)) for index in range(axis.positions())) for axis in self.axes)
        return self.out_channels * self.channels_seen * math.prod(along)


def flat_index(coordinates: tuple[int, ...], sizes: list[int]) -> int:
    """Return the place of (channel, y, x) when the map is laid flat; `sizes` are those behind the channel."""
    index = coordinates[0]
    for coordinate, size in zip(coordinates[1:], sizes, strict=True):
        index = index * size + coordinate
    return index


def windows_of(kind: str, parameters: Mapping[str, Any], shape: tuple[int, ...]) -> Windows:
    """Return how a convolution or pooling looks at its input; `shape` without the batch: (channels, …)."""
    channels, *sizes = shape
    kernels = _along(parameters["kernel_size"], len(sizes))
    strides = kernels if parameters["stride"] is None else _along(parameters["stride"], len(sizes))
    paddings = _along(parameters["padding"], len(sizes))
    dilations = _along(parameters.get("dilation", 1), len(sizes))
    ceil_mode = bool(parameters.get("ceil_mode", False))
    axes = tuple(
        Axis(*numbers, ceil_mode=ceil_mode)
        for numbers in zip(sizes, kernels, strides, paddings, dilations, strict=True)
    )
    if kind.startswith("Conv"):
        return Windows(axes, channels, parameters["out_channels"], parameters["groups"])
    return Windows(axes, channels, channels, channels)


def _along(value: int | list[int], axes: int) -> list[int]:
    return [value] * axes if isinstance(value, int) else list(value)
