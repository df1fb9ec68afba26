"""What an edit is, and several of them as one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from graph_model.errors import EditError

if TYPE_CHECKING:
    from graph_model.graph import Graph


@runtime_checkable
class Edit(Protocol):
    """A reversible change of a graph."""

    def apply(self, graph: Graph) -> Edit:
        """Change the graph and return the edit that changes it back; raises EditError and changes nothing."""
        ...

    def touched_nodes(self) -> frozenset[str]:
        """Return the ids of the nodes that are added, removed or changed."""
        ...

    def touched_wires(self) -> frozenset[str]:
        """Return the ids of the wires that are added, removed or changed."""
        ...


@dataclass(frozen=True)
class Sequence:
    """Several edits as one step; if one of them cannot be applied, those before it are taken back."""

    edits: tuple[Edit, ...]

    def apply(self, graph: Graph) -> Edit:
        inverses: list[Edit] = []
        try:
            for edit in self.edits:
                inverses.append(edit.apply(graph))
        except EditError:
            for inverse in reversed(inverses):
                inverse.apply(graph)
            raise
        return Sequence(tuple(reversed(inverses)))

    def touched_nodes(self) -> frozenset[str]:
        return frozenset().union(*(edit.touched_nodes() for edit in self.edits))

    def touched_wires(self) -> frozenset[str]:
        return frozenset().union(*(edit.touched_wires() for edit in self.edits))
