"""How large a drawing is with all its blocks, without expanding them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.blocks.kind import living_lifted
from graph_model.graph import Graph

MOST_PLACED = 200_000
"""How many nodes a drawing may have with all its blocks, to be run: a few blocks in each other can make billions."""
ENDLESS = 10**12

Lifts = Mapping[tuple[str, str], Any]
"""(id of a node inside, parameter) -> the value that the place gives it."""


def placed_nodes(graph: Graph) -> int:
    """Return how many nodes a drawing has if every place is replaced by its body, as often as it is repeated.

    A place counts as one besides. Where so many places set so many different things that more than MOST_PLACED bodies
    would have to be counted, it is ENDLESS.
    """
    known: dict[tuple[str, tuple[Any, ...]], int] = {}

    def size(one: Graph, lifted: Lifts) -> int:
        # Each body that is counted stands in the drawing at least once: so many different ones are too many already.
        if len(known) > MOST_PLACED:
            return ENDLESS
        count = 0
        for node in one.nodes():
            count += 1
            if node.kind in one.definitions:
                values = {**node.parameters, **{name: value for (at, name), value in lifted.items() if at == node.id}}
                count += inside(one, node.kind, values) * int(values["repeat"])
        return count

    def inside(one: Graph, kind: str, values: Mapping[str, Any]) -> int:
        body = one.definitions.body(kind)
        given = {
            (entry.node, entry.parameter): values[entry.name]
            for entry in living_lifted(one.definitions.definition(kind), body)
            if values.get(entry.name) is not None and body.node(entry.node).kind in one.definitions
        }
        key = kind, tuple(sorted((place, str(value)) for place, value in given.items()))
        if key not in known:
            known[key] = size(body, given)
        return known[key]

    return size(graph, {})
