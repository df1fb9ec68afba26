"""The definitions that a drawing and the bodies of its blocks have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from psygnal import Signal

from graph_model.blocks.definition import Definition, is_block
from graph_model.blocks.kind import BlockKind, block_ports
from graph_model.blocks.replugging import Dropped, Restoring, replug
from graph_model.errors import EditError

if TYPE_CHECKING:
    from graph_model.edits import Edit
    from graph_model.graph import Graph


DEEPEST = 50
"""How many blocks may lie in each other."""


class Definitions:
    """Definition id -> definition and body. `changed` announces the id of a definition that came, went or changed, its
    body included, after it happened."""

    changed = Signal(str)

    def __init__(self, root: Graph) -> None:
        self.root = root
        self.revision = 0
        """How many changes there were so far, in all bodies."""
        self._known: dict[str, Definition] = {}
        self._bodies: dict[str, Graph] = {}
        self._kinds: dict[str, BlockKind] = {}

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._known

    def __iter__(self) -> Iterator[Definition]:
        return iter(list(self._known.values()))

    def __len__(self) -> int:
        return len(self._known)

    def definition(self, identifier: str) -> Definition:
        """Return a definition; raises EditError if there is none of this id."""
        if identifier not in self._known:
            raise EditError(f"There is no block {identifier!r} in this document.")
        return self._known[identifier]

    def body(self, identifier: str) -> Graph:
        """Return a definition's body; raises EditError if there is none of this id."""
        self.definition(identifier)
        return self._bodies[identifier]

    def named(self, name: str) -> Definition:
        """Return the definition of a name; raises EditError if there is none."""
        for definition in self._known.values():
            if definition.name == name:
                return definition
        raise EditError(f"There is no block named '{name}' in this document.")

    def kind(self, identifier: str) -> BlockKind:
        """Return a definition as a kind."""
        if identifier not in self._kinds:
            self._kinds[identifier] = BlockKind(self.definition(identifier), self._bodies[identifier])
        return self._kinds[identifier]

    def graphs(self) -> list[tuple[str, Graph]]:
        """Return the drawing under "", and every body under its definition's id."""
        return [("", self.root), *self._bodies.items()]

    def graph(self, key: str) -> Graph:
        """Return the drawing for "", else a body."""
        return self.root if key == "" else self.body(key)

    def places(self, identifier: str) -> list[tuple[str, str]]:
        """Return where a definition is placed: (key of the graph as in `graphs`, node id)."""
        return [(key, node.id) for key, graph in self.graphs() for node in graph.places() if node.kind == identifier]

    def uses(self, identifier: str) -> set[str]:
        """Return the ids of this definition and of all that its body holds, at any depth."""
        found: set[str] = set()
        waiting = [identifier]
        while waiting:
            one = waiting.pop()
            if one not in found and one in self._bodies:
                found.add(one)
                waiting += [node.kind for node in self._bodies[one].places()]
        return found

    def depth(self, identifier: str) -> int:
        """Return how many blocks lie in each other in this one, itself included."""
        known: dict[str, int] = {}

        def measure(one: str) -> int:
            if one not in known:
                inner = {node.kind for node in self._bodies[one].places()} if one in self._bodies else set()
                known[one] = 1 + max((measure(kind) for kind in inner), default=0)
            return known[one]

        return measure(identifier)

    def check_kind(self, graph: Graph, kind: str) -> None:
        """Raise EditError if a node of this kind cannot stand in a graph."""
        stands_in = self.root.kind_named(kind).stands_in
        if graph.definition_id is None and stands_in == "block":
            raise EditError(f"{kind} only means something inside a block: it is one of the block's ports or memories.")
        if graph.definition_id is not None and stands_in == "network":
            raise EditError(
                f"{kind} cannot stand inside a block: BlockInput and BlockOutput are where values come and go."
            )
        if is_block(kind) and self.depth(kind) >= DEEPEST:
            raise EditError(
                f"The block '{self.definition(kind).name}' holds {DEEPEST} blocks in each other already, "
                f"and more are not accepted."
            )
        if graph.definition_id is not None and is_block(kind) and graph.definition_id in self.uses(kind):
            name = self.definition(graph.definition_id).name
            raise EditError(f"The block '{name}' cannot be placed inside itself.")

    def placeable(self, graph: Graph) -> list[BlockKind]:
        """Return the blocks that can be placed in a graph: all but the one whose body it is and those that hold it."""
        inside = graph.definition_id
        return [self.kind(one) for one in self._known if inside is None or inside not in self.uses(one)]

    def contents(self) -> list[tuple[Definition, object]]:
        """Return what the definitions consist of, without creation numbers, for comparing."""
        return [(self._known[key], self._bodies[key].contents()) for key in sorted(self._known)]

    # What edits are made of

    def put(self, definition: Definition) -> Graph:
        """Put a definition in, or in the place of its former value; return its body."""
        from graph_model.graph import Graph

        if definition.id not in self._bodies:
            self._bodies[definition.id] = Graph(definition.name, self, definition.id)
        self._known[definition.id] = definition
        self.note_change(definition.id)
        return self._bodies[definition.id]

    def drop(self, identifier: str) -> None:
        """Take a definition out; it must be placed nowhere."""
        del self._known[identifier], self._bodies[identifier]
        self.note_change(identifier)

    def note_change(self, identifier: str) -> None:
        """Forget what was known of a definition, and of those that hold it, and announce it."""
        self.revision += 1
        self._kinds.clear()
        self.changed.emit(identifier)

    def apply_inside(self, body: Graph, edit: Edit) -> Edit:
        """Apply an edit to a body and return its inverse.

        Where ports come, go or change places, the wires at all places of the block follow their ports, and those of a
        port that went are taken away.
        """
        identifier = body.definition_id
        assert identifier is not None
        before = block_ports(body)
        inverse = edit.apply(body)
        self._kinds.clear()
        dropped: Dropped = ()
        if [node.id for node in (*before[0], *before[1])] != [node.id for side in block_ports(body) for node in side]:
            dropped = replug(self, identifier, before, block_ports(body))
        if isinstance(edit, Restoring):
            edit.restore(self)
        self.note_change(identifier)
        return Restoring(inverse, dropped) if dropped else inverse
