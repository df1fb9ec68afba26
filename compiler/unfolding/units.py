"""What the neurons of a layer are: for each one the inputs that it sees, its weights and its bias."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy

from compiler.program import Step
from compiler.unfolding.current_weights import CurrentWeights
from compiler.unfolding.fields import Windows, windows_of

LONGEST_STEM = 60
"""How much of a layer's name its neurons and ties bear, so that their own names stay within the limit."""


@dataclass(frozen=True)
class Link:
    """A wire to be: which number of the layer's input it carries (counted flat), and its weight."""

    element: int
    weight: float | None = None
    trainable: bool = True
    tie: str | None = None


@dataclass(frozen=True)
class Unit:
    """A neuron to be; `label` tells it from the layer's others: "3", or "0,1,2" for channel, y, x."""

    label: str
    links: tuple[Link, ...]
    bias: float = 0.0
    bias_trainable: bool = False
    bias_tie: str | None = None


_NOTHING = (Link(0, 0.0, trainable=False),)
"""A neuron needs a wire; one that sees nothing of its input gets this one, which adds nothing."""


def units_of(step: Step, weights: CurrentWeights, taken_ties: Collection[str]) -> list[Unit]:
    """Return the neurons of a layer that can be unfolded, in the order of its output laid flat.

    `taken_ties`: labels of ties that mean something else already.
    """
    if step.node.kind == "Linear":
        return _linear_units(step, weights)
    windows = windows_of(step.node.kind, step.node.parameters, sample_shape(step))
    if step.node.kind.startswith("Conv"):
        return _convolution_units(step, windows, weights, taken_ties)
    if step.node.kind.startswith("Avg"):
        return _average_units(step, windows)
    return [
        Unit(_label(place), tuple(Link(element) for _, element in windows.field(place)))
        for place in windows.positions()
    ]


def sample_shape(step: Step) -> tuple[int, ...]:
    """Return the shape of what arrives at a layer, without the batch."""
    return tuple(int(axis) for axis in step.input_shapes[0][1:])


def stem_of(name: str) -> str:
    """Return what a layer's name gives to the names of its neurons."""
    return name[:LONGEST_STEM].strip()


def _linear_units(step: Step, weights: CurrentWeights) -> list[Unit]:
    values = step.node.parameters
    rows, columns = values["out_features"], sample_shape(step)[-1]
    matrix = weights.layer(step, "weight", (rows, columns))
    biases = weights.layer(step, "bias", (rows,)) if values["bias"] else numpy.zeros(rows)
    missing = {(row, column) for row, column in values["pruned"] or ()}
    trainable = values["trainable"]
    return [
        Unit(
            str(row + 1),
            tuple(
                Link(column, float(matrix[row, column]), trainable)
                for column in range(columns)
                if (row, column) not in missing
            )
            or _NOTHING,
            float(biases[row]),
            trainable and values["bias"],
        )
        for row in range(rows)
    ]


def _convolution_units(
    step: Step, windows: Windows, weights: CurrentWeights, taken_ties: Collection[str]
) -> list[Unit]:
    node, values = step.node, step.node.parameters
    filters, trainable = values["out_channels"], values["trainable"]
    kernels = [axis.kernel for axis in windows.axes]
    weight = weights.layer(step, "weight", (filters, windows.channels_seen, *kernels))
    biases = weights.layer(step, "bias", (filters,)) if values["bias"] else numpy.zeros(filters)
    stem = _free_stem(stem_of(node.name), taken_ties)
    names = {
        tap: f"{_filter_name(stem, tap[0])}, ({', '.join(map(str, tap[1:]))})" for tap in numpy.ndindex(weight.shape)
    }
    units = []
    for place in windows.positions():
        channel = place[0]
        links = tuple(
            Link(element, float(weight[(channel, *tap)]), trainable, names[channel, *tap])
            for tap, element in windows.field(place)
        )
        tie = _filter_name(stem, channel) if values["bias"] else None
        units.append(Unit(_label(place), links or _NOTHING, float(biases[channel]), trainable and values["bias"], tie))
    return units


def _average_units(step: Step, windows: Windows) -> list[Unit]:
    include = step.node.parameters["count_include_pad"]
    units = []
    for place in windows.positions():
        along = zip(windows.axes, place[1:], strict=True)
        share = float(numpy.float32(1 / math.prod(axis.mean_width(index, include) for axis, index in along)))
        links = tuple(Link(element, share, trainable=False) for _, element in windows.field(place))
        units.append(Unit(_label(place), links))
    return units


def _label(place: tuple[int, ...]) -> str:
    return ",".join(map(str, place))


def _filter_name(stem: str, channel: int) -> str:
    return f"{stem}: filter {channel}"


def _free_stem(stem: str, taken: Collection[str]) -> str:
    """Return the stem, or the stem with a number, so that no label made of it is taken."""
    candidates = itertools.chain((stem,), (f"{stem} ({number})" for number in itertools.count(2)))
    return next(
        candidate for candidate in candidates if not any(label.startswith(f"{candidate}: filter ") for label in taken)
    )
