"""A block is shown as its nodes for a while, where it stands; `collapsing` puts them back."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from graph_model.blocks.definition import Definition
from graph_model.blocks.flattening import is_applied_over_time
from graph_model.blocks.regrouping import Regrouping
from graph_model.blocks.ungrouping import Ungrouping, check_ungroupable
from graph_model.edits import Edit, Move
from graph_model.edits import Sequence as Steps
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, Wire

Position = tuple[float, float]
STEP = 8.0
"""Room is made in multiples of it, so that what stood on the grid stays there."""

CLEAR = 64.0
"""How far from the middles of the nodes that come the others stand at least, in scene units."""


@dataclass(frozen=True)
class Expansion:
    """What has to be known of a block to put it back as it was.

    `place`: its node, `entering` and `leaving`: the wires at it. `definition`, `nodes`, `wires`: what was placed.
    `made`: id inside -> the node that stands for it outside, as it was made. `outside`: the wires that were made, by
    id; `origins`: id of one that stands for a wire inside -> id of that; `behind`: id of a wire that left the place ->
    where it began instead, and `doubles`: id of a further wire that stands for it -> its id. `shifted`: id of a node
    that made room -> where it stood and where it was put.
    """

    place: Node
    entering: tuple[Wire, ...]
    leaving: tuple[Wire, ...]
    definition: Definition
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    made: Mapping[str, Node]
    outside: Mapping[str, Wire]
    origins: Mapping[str, str]
    behind: Mapping[str, tuple[tuple[str, int], ...]]
    doubles: Mapping[str, str]
    shifted: Mapping[str, tuple[Position, Position]]

    def present(self, graph: Graph) -> list[str]:
        """The ids of those of its nodes that are still there; none where the block stands as one."""
        if graph.has_node(self.place.id):
            return []
        return [node.id for node in self.made.values() if graph.has_node(node.id)]


def expand(graph: Graph, place: Node | str, others: Collection[Expansion] = ()) -> tuple[Regrouping, Expansion]:
    """Put what is in a block in the place of it, make room for it, and keep the definition.

    `others`: the expansions of this graph that are still to be collapsed, in whichever order. Raises EditError for a
    place that is repeated, applied over time, shares its weights, or holds nothing.
    """
    node = graph.node(place)
    check_ungroupable(node)
    if is_applied_over_time(graph, node):
        raise EditError(
            f"'{node.name}' remembers from step to step, so that it only works as a block: open it instead."
        )
    kept: list[Node | Wire] = [other.place for other in others]
    kept += [wire for other in others for wire in (*other.entering, *other.leaving)]
    ungrouping = Ungrouping(graph, node, kept)
    made = ungrouping.result(keeps_definition=True)
    if not made.nodes:
        raise EditError(f"There is nothing in '{node.name}' to show: open it to draw something inside.")
    shifted = _room(graph, node, [one.position for one in made.nodes])
    steps: list[Edit] = [made.edit]
    if shifted:
        steps.append(Move({identifier: after for identifier, (_, after) in shifted.items()}))
    body = graph.definitions.body(node.kind)
    leaving = graph.outgoing(node)
    expansion = Expansion(
        node,
        tuple(graph.incoming(node)),
        tuple(leaving),
        graph.definitions.definition(node.kind),
        tuple(body.nodes()),
        tuple(body.wires()),
        ungrouping.made,
        {wire.id: wire for wire in ungrouping.wires},
        ungrouping.origins,
        {wire.id: tuple(ungrouping.behind(wire.output)) for wire in leaving},
        ungrouping.doubles,
        shifted,
    )
    return replace(made, edit=Steps(tuple(steps))), expansion


def _room(graph: Graph, place: Node, taken: list[Position]) -> dict[str, tuple[Position, Position]]:
    """Where the other nodes go, so that none stands among those that come: aside, or up and down if they stood exactly
    above or below the place. All on one side go equally far."""
    x, y = place.position
    others = [node for node in graph.nodes() if node.id != place.id]
    reach = [_reach([sign * (one[axis] - (x, y)[axis]) for one in taken]) for axis in (0, 1) for sign in (1, -1)]
    level = [node for node in others if y - reach[3] - CLEAR < node.position[1] < y + reach[2] + CLEAR]
    right = _stepped(reach[0], [node.position[0] - x for node in level if node.position[0] > x])
    left = _stepped(reach[1], [x - node.position[0] for node in level if node.position[0] < x])
    column = [node.position[1] - y for node in others if node.position[0] == x]
    below = _stepped(reach[2], [distance for distance in column if distance >= 0])
    above = _stepped(reach[3], [-distance for distance in column if distance < 0])
    shifted: dict[str, tuple[Position, Position]] = {}
    for node in others:
        there_x, there_y = node.position
        if there_x != x:
            after = (there_x + right if there_x > x else there_x - left, there_y)
        else:
            after = (there_x, there_y + below if there_y >= y else there_y - above)
        if after != node.position:
            shifted[node.id] = (node.position, after)
    return shifted


def _reach(distances: list[float]) -> float:
    return max(0.0, *distances)


def _stepped(reach: float, distances: list[float]) -> float:
    """How far those that stand at these distances go, to be beyond the reach of what comes."""
    return math.ceil((reach + max(0.0, CLEAR - min(distances, default=CLEAR))) / STEP) * STEP
