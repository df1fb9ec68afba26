"""How large a drawing is with all its blocks, without expanding them."""

from __future__ import annotations

from graph_model.graph import Graph

MOST_PLACED = 200_000
"""How many nodes a drawing may have with all its blocks, to be run: a few blocks in each other can make billions."""


def placed_nodes(graph: Graph) -> int:
    """Return how many nodes a drawing has if every place is replaced by its body, as often as it is repeated."""
    known: dict[str, int] = {}

    def size(one: Graph) -> int:
        count = 0
        for node in one.nodes():
            if node.kind in one.definitions:
                if node.kind not in known:
                    known[node.kind] = size(one.definitions.body(node.kind))
                count += known[node.kind] * int(node.parameters["repeat"])
            else:
                count += 1
        return count

    return size(graph)
