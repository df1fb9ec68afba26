"""Which steps of a former program still hold after an edit, so that lowering anew costs what the edit affects."""

from __future__ import annotations

from compiler.program import Program, Step
from graph_model import Node, Wire
from graph_model.blocks.flattening import Flat


class Reusing:
    """Looks up steps of a former program. `arriving`: node id -> the wires that arrive there now, as far as asked."""

    def __init__(self, flat: Flat, known: Program | None) -> None:
        self.flat = flat
        self.former = {} if known is None else known.by_id
        self.former_arriving = {} if known is None else known.arriving
        self.arriving: dict[str, tuple[Wire, ...]] = {}

    def still_holds(self, node: Node, done: dict[str, Step]) -> Step | None:
        """Return the former step of a node if lowering would give it again.

        That is so if the node, the wires that arrive and all that feeds it are the same, and nothing elsewhere has a
        say in it. `done`: the steps so far.
        """
        wires = self.arriving[node.id] = tuple(self.flat.graph.arriving_wires(node.id))
        old = self.former.get(node.id)
        if old is None or old.fault is not None or old.over_time is not None:
            return None
        if old.node is not node and old.node != node:
            return None
        if wires != self.former_arriving.get(node.id) or old.owner != node.id or self.flat.owner(node.id) != node.id:
            return None
        for wire in wires:
            if wire.tie is not None or done[wire.source] is not self.former.get(wire.source):
                return None
        return old
