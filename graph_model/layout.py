"""Automatic layout: layers from left to right, each wire pointing right, with few crossings.

Layering by the longest path from the inputs, ordering within layers by barycentres (Sugiyama, Tagawa, Toda
1981).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from graph_model.catalogue.blocks import DELAY
from graph_model.edits import Move
from graph_model.graph import Graph
from graph_model.values import Wire

GAP_BETWEEN_COLUMNS = 56.0
GAP_WITHIN_COLUMN = 40.0
DEFAULT_SIZE = (64.0, 120.0)
SWEEPS = 4


def arrange(
    graph: Graph,
    node_ids: Collection[str] | None = None,
    sizes: Mapping[str, tuple[float, float]] | None = None,
) -> Move:
    """Return the edit that lays out a drawing, or some of its nodes around the place where they are.

    `sizes`: width and height of each node in scene units. No two of the nodes overlap afterwards.
    """
    chosen = {node.id for node in graph.nodes()} if node_ids is None else set(node_ids)
    order = [node.id for node in graph.topological_order() if node.id in chosen]
    if not order:
        return Move({})
    sources = {
        identifier: [wire.source for wire in _within_step(graph, identifier) if wire.source in chosen]
        for identifier in order
    }
    columns = _columns(order, sources)
    for _ in range(SWEEPS):
        _order_by_barycentre(columns, sources)
    positions = _place(columns, sizes or {})
    return Move(_around_former_centre(graph, positions))


def _within_step(graph: Graph, identifier: str) -> list[Wire]:
    """The wires that arrive at a node, but for those of a Delay, which bring what was a time step ago: they may lead
    back."""
    return [] if graph.node(identifier).kind == DELAY else graph.incoming(identifier)


def _columns(order: list[str], sources: Mapping[str, list[str]]) -> list[list[str]]:
    depth: dict[str, int] = {}
    for identifier in order:
        depth[identifier] = max((depth[source] + 1 for source in sources[identifier]), default=0)
    targets: dict[str, list[str]] = {identifier: [] for identifier in order}
    for identifier, feeding in sources.items():
        for source in feeding:
            targets[source].append(identifier)
    for identifier in reversed(order):
        if not sources[identifier] and targets[identifier]:
            depth[identifier] = min(depth[target] for target in targets[identifier]) - 1
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for identifier in order:
        columns[depth[identifier]].append(identifier)
    return columns


def _order_by_barycentre(columns: list[list[str]], sources: Mapping[str, list[str]]) -> None:
    targets: dict[str, list[str]] = {}
    for identifier, feeding in sources.items():
        for source in feeding:
            targets.setdefault(source, []).append(identifier)
    rank = {
        identifier: index / max(1, len(column) - 1) for column in columns for index, identifier in enumerate(column)
    }
    for neighbours, sweep in ((sources, columns), (targets, list(reversed(columns)))):
        for column in sweep:
            centre = {
                identifier: _mean([rank[other] for other in neighbours.get(identifier, ())], rank[identifier])
                for identifier in column
            }
            column.sort(key=centre.__getitem__)
            for index, identifier in enumerate(column):
                rank[identifier] = index / max(1, len(column) - 1)


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _place(columns: list[list[str]], sizes: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    positions: dict[str, tuple[float, float]] = {}
    left = 0.0
    for column in columns:
        width = max(sizes.get(identifier, DEFAULT_SIZE)[0] for identifier in column)
        heights = [sizes.get(identifier, DEFAULT_SIZE)[1] for identifier in column]
        top = -(sum(heights) + GAP_WITHIN_COLUMN * (len(column) - 1)) / 2
        for identifier, height in zip(column, heights, strict=True):
            positions[identifier] = (left + width / 2, top + height / 2)
            top += height + GAP_WITHIN_COLUMN
        left += width + GAP_BETWEEN_COLUMNS
    return positions


def _around_former_centre(graph: Graph, positions: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    shift = [0.0, 0.0]
    for axis in (0, 1):
        former = [graph.node(identifier).position[axis] for identifier in positions]
        placed = [position[axis] for position in positions.values()]
        shift[axis] = (min(former) + max(former) - min(placed) - max(placed)) / 2
    return {
        identifier: (float(round(x + shift[0])), float(round(y + shift[1]))) for identifier, (x, y) in positions.items()
    }
