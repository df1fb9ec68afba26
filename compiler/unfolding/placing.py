"""Where the neurons of an unfolded layer stand."""

from __future__ import annotations

from graph_model import Graph, Node
from graph_model.edits import Move
from graph_model.graph import COLUMN_DISTANCE

Position = tuple[float, float]

PITCH = 64.0
"""Distance between the centres of neurons in a column, in scene units."""
MAP_PITCH = 56.0
"""The same within a feature map."""
GAP_BETWEEN_CHANNELS = 64.0
REACH = 64.0
"""What stands no farther left of the layer than this shares its column."""


def column_positions(centre: Position, count: int) -> list[Position]:
    """Return places one below another around a centre."""
    top = centre[1] - (count - 1) * PITCH / 2
    return [(centre[0], top + index * PITCH) for index in range(count)]


def map_positions(start: Position, shape: tuple[int, ...]) -> list[Position]:
    """Return the places of a map (channels, length) or (channels, height, width): a grid for each channel, the grids
    below one another around the height of `start`, going right from it."""
    channels, *sizes = shape
    height, width = (1, sizes[0]) if len(sizes) == 1 else (sizes[0], sizes[1])
    grid = height * MAP_PITCH + GAP_BETWEEN_CHANNELS
    top = start[1] - (channels * grid - GAP_BETWEEN_CHANNELS - MAP_PITCH) / 2
    return [
        (start[0] + x * MAP_PITCH, top + channel * grid + y * MAP_PITCH)
        for channel in range(channels)
        for y in range(height)
        for x in range(width)
    ]


def making_room(graph: Graph, layer: Node, right_edge: float) -> Move | None:
    """Return the edit that moves what stands beside and right of a layer beyond `right_edge`, the last column that
    takes the layer's place; None if there is room."""
    beyond = [node for node in graph.nodes() if node.id != layer.id and node.position[0] > layer.position[0] - REACH]
    if not beyond:
        return None
    shift = right_edge + COLUMN_DISTANCE - min(node.position[0] for node in beyond)
    if shift <= 0:
        return None
    return Move({node.id: (node.position[0] + shift, node.position[1]) for node in beyond})
