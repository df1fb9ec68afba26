"""Wiring many nodes at once: every node of a column to every node of the next."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph_model import wiring
from graph_model.edits import AddWires
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, Wire

SAME_COLUMN = 40.0
"""Nodes whose centres are no farther apart sideways, in scene units, stand in one column."""


class Connections(NamedTuple):
    """`edit` draws the wires that are possible; `refusals`: why others are not, each reason once."""

    edit: AddWires
    refusals: tuple[str, ...]


def columns(graph: Graph, node_ids: Iterable[str]) -> list[list[str]]:
    """Group nodes into columns by their places, from left to right; each column from top to bottom."""
    nodes = sorted((graph.node(identifier) for identifier in set(node_ids)), key=lambda node: node.position[0])
    found: list[list[Node]] = []
    for node in nodes:
        if found and node.position[0] - found[-1][0].position[0] <= SAME_COLUMN:
            found[-1].append(node)
        else:
            found.append([node])
    return [[node.id for node in sorted(column, key=lambda node: node.position[1])] for column in found]


def connect_columns(graph: Graph, groups: Sequence[Sequence[str]]) -> Connections:
    """Wire every node of a group to every node of the next, where a wire is possible and not there yet.

    Wires to neurons start at random weights. Raises EditError if there is nothing to draw: with the reason.
    """
    if len(groups) < 2:
        raise EditError(
            "Select nodes in at least two columns, one beside the other: every node of a column is then wired to "
            "every node of the next."
        )
    wires: list[Wire] = []
    refusals: dict[str, None] = {}
    there = 0
    for sources, targets in itertools.pairwise(groups):
        for target in targets:
            planned, reasons, existing = _wires_to(graph, sources, graph.node(target))
            wires += planned
            refusals |= reasons
            there += existing
    if not wires:
        if refusals:
            raise EditError(f"No wire can be drawn. {next(iter(refusals))}")
        raise EditError(f"All {there} wires between these columns are there already.")
    return Connections(AddWires(tuple(wires)), tuple(refusals))


def possible_wires(graph: Graph, sources: Sequence[str], target: str) -> tuple[Wire, ...]:
    """The wires that can be drawn from nodes to the first port of one, and are not there yet."""
    planned, _, _ = _wires_to(graph, sources, graph.node(target))
    return tuple(planned)


def _wires_to(graph: Graph, sources: Sequence[str], target: Node) -> tuple[list[Wire], dict[str, None], int]:
    """The wires that can be drawn to a node, the reasons against others, and how many are there already."""
    behind = _descendants(graph, target)
    arriving = graph.incoming(target, 0) if graph.kind_of(target).inputs else []
    fed_by = {wire.source for wire in arriving}
    planned: list[Wire] = []
    reasons: dict[str, None] = {}
    for identifier in sources:
        if identifier in fed_by:
            continue
        source = graph.node(identifier)
        reason = wiring.port_refusal(graph, source, target, 0, 0)
        if reason is None and identifier in behind:
            reason = graph.can_connect(source, target)
        if reason is None:
            reason = wiring.crowding_refusal(graph, source, target, 0, [*arriving, *planned])
        if reason is None:
            planned.append(graph.new_wire(source, target))
        else:
            reasons[reason] = None
    return planned, reasons, len(fed_by.intersection(sources))


def _descendants(graph: Graph, node: Node) -> set[str]:
    import networkx

    found: set[str] = networkx.descendants(graph.within_step(), node.id)
    return found
