"""Going into blocks and out of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from app.session.open_level import OpenLevel
from graph_model.blocks import is_block
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.levels import level, ways_to


class Levels(QObject):
    """Which graph of the document is open: the drawing, or the body of a block, entered at one of its places."""

    level_changed = Signal()
    level: OpenLevel
    """What is open on the canvas."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The ids of the places that were entered, the outermost first."""
        return self.level.places

    def enter(self, place_id: str) -> None:
        """Open the block that is placed as a node of the open graph; raises EditError if the node is none."""
        self.open_level((*self.levels, place_id))

    def leave(self, to_level: int | None = None) -> None:
        """Go back to the graph after so many entered places (0: the drawing); by default one level up."""
        count = max(0, len(self.levels) - 1) if to_level is None else to_level
        left = self.levels[count:]
        if left:
            self.open_level(self.levels[:count])
            self.select({left[0]})

    @property
    def outer(self) -> OpenLevel:
        """The level in which the open block is placed."""
        return OpenLevel(self.level.document, self.levels[:-1])

    def open_level(self, places: tuple[str, ...]) -> None:
        """Open the graph inside these places, the outermost first; raises EditError if one of them is no block."""
        if places == self.levels:
            return
        level(self.level.document.graph, places)
        self._show_level(OpenLevel(self.level.document, places))

    def go_to(self, places: tuple[str, ...]) -> None:
        """Open as much of a level as is there: an edit may have taken its block away, and undoing it brings it back."""
        there = OpenLevel(self.level.document, places).standing()
        if there.places != self.levels:
            self._show_level(there)

    def show(self, path: str) -> str | None:
        """Open the blocks down to the node or the wire that a path leads to, and return its id there; None if gone."""
        ways = ways_to(self.level.document.graph, path)
        identifier = path.rpartition(SEPARATOR)[2]
        definitions = self.level.document.graph.definitions
        inside = definitions.root
        if ways and is_block(ways[-1][0].node(ways[-1][1]).kind):
            inside = definitions.body(ways[-1][0].node(ways[-1][1]).kind)
        if inside.has_wire(identifier):
            if inside is not self.level.graph:
                self.open_level(tuple(place for _, place in ways))
            return identifier
        if not ways:
            return None
        graph, node = ways[-1]
        if graph is not self.level.graph:
            self.open_level(tuple(identifier for _, identifier in ways[:-1]))
        return node

    def select(self, nodes: Iterable[str], wires: Iterable[str] = ()) -> None:
        """Select these nodes and wires of the open graph and nothing else."""
        raise NotImplementedError

    def _show_level(self, opened: OpenLevel) -> None:
        raise NotImplementedError
