"""What is offered for a port that nothing is wired to: the wire that somebody most likely means."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from graph_model.blocks.edits import InDefinition
from graph_model.edits import AddWires, Edit
from graph_model.graph import Graph
from graph_model.problem import Fix
from graph_model.values import Node


class MissingWires:
    """Finds where the wires to a graph's empty ports could come from."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def fixes(self, target: Node, port: int) -> tuple[Fix, ...]:
        """Return the one wire that is offered, or nothing where none is more likely than others."""
        source = self._source(target, port)
        if source is None:
            return ()
        edit: Edit = AddWires((self.graph.new_wire(source, target, input=port),))
        if self.graph.definition_id is not None:
            edit = InDefinition(self.graph.definition_id, edit)
        return (Fix(f"Wire '{source.name}' to it", edit),)

    def _source(self, target: Node, port: int) -> Node | None:
        """The node placed last before this one that leads nowhere yet; else the only one after it; else the only node
        that gives anything."""
        place = bisect_left(self._orders, target.order)
        for node in reversed(self._ends[:place]):
            if self._fits(node, target, port):
                return node
        later = [node for node in self._ends[place:] if node.id != target.id]
        likely = later or [node for node in self._givers if node.id != target.id]
        return likely[0] if len(likely) == 1 and self._fits(likely[0], target, port) else None

    def _fits(self, source: Node, target: Node, port: int) -> bool:
        return self.graph.can_connect(source, target, input=port) is None

    @cached_property
    def _givers(self) -> list[Node]:
        return [node for node in self.graph.nodes() if self.graph.declaration(node).outputs]

    @cached_property
    def _ends(self) -> list[Node]:
        ends = [node for node in self._givers if not self.graph.outgoing(node)]
        return sorted(ends, key=lambda node: node.order)

    @cached_property
    def _orders(self) -> list[int]:
        return [node.order for node in self._ends]
