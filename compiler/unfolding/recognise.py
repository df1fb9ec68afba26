"""Which layer a group of neurons forms: a convolution, a pooling, or else a fully connected one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from compiler.unfolding.connections import Group
from compiler.unfolding.gathering import Gathering, row_orders
from compiler.unfolding.recognise_convolution import recognise_convolution
from compiler.unfolding.recognise_linear import recognise_linear
from compiler.unfolding.recognise_pooling import averages, recognise_average_pooling, recognise_max_pooling
from compiler.unfolding.recognised import Recognised
from graph_model import CompileError


def recognise(group: Group, found: Sequence[Gathering]) -> tuple[Group, Recognised]:
    """Return the layer that neurons form, and the neurons in the order of its rows.

    `found`: where they are gathered, which gives the order. Raises CompileError if they form no layer.
    """
    orders = [group.reordered(neurons) for neurons in row_orders(group.neurons, list(found))]
    for ordered in orders:
        layer = _over_a_map(ordered, found)
        if layer is not None:
            return ordered, layer
    if group.neurons[0].kind == "MaxoutGroup":
        raise CompileError(
            f"'{group.neurons[0].name}' and the other maxout groups form no MaxPool: they do not look at equal fields "
            f"of one feature map in its order. {_cure(group)}"
        )
    return orders[0], recognise_linear(orders[0])


def _cure(group: Group) -> str:
    feeding = group.feeding_neuron()
    if feeding is not None:
        return f"Fold '{feeding.name}' and the other neurons that feed them first."
    return "Choose all groups of the pooling, gathered in an Unflatten; other maxout groups stay as they are."


def _over_a_map(group: Group, found: Sequence[Gathering]) -> Recognised | None:
    over = group.map_source()
    if over is None:
        return None
    source, in_shape = over
    for out_shape in _map_shapes(group, found, in_shape):
        if group.neurons[0].kind == "MaxoutGroup":
            layer = recognise_max_pooling(group, source, in_shape, out_shape)
        elif averages(group):
            layer = recognise_average_pooling(group, source, in_shape, out_shape)
        else:
            layer = recognise_convolution(group, source, in_shape, out_shape)
        if layer is not None:
            return layer
    return None


def _map_shapes(group: Group, found: Sequence[Gathering], in_shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the shapes that the neurons' map may have: as an Unflatten says, else all of as many places, for neurons
    that share weights or are a pooling."""
    count, rank = len(group.neurons), len(in_shape)
    shapes = dict.fromkeys(shape for gathering in found if (shape := gathering.reshapes_to()) is not None)
    said = [shape for shape in shapes if len(shape) == rank and math.prod(shape) == count]
    if said:
        yield from said
        return
    if group.neurons[0].kind == "MaxoutGroup" or averages(group):
        yield from (shape for shape in _shapes_of(count, rank) if shape[0] == in_shape[0])
    elif any(group.shares_weight(connection.wire) for connection in group.seen[group.neurons[0].id]):
        yield from _shapes_of(count, rank)


def _shapes_of(count: int, rank: int) -> Iterator[tuple[int, ...]]:
    if rank == 1:
        yield (count,)
        return
    for first in range(1, count + 1):
        if count % first == 0:
            for rest in _shapes_of(count // first, rank - 1):
                yield (first, *rest)
