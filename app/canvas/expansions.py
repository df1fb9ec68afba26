"""Blocks that are shown as their nodes, where they stand. It is a way of looking: nothing of it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from graph_model import EditError, Graph, Node
from graph_model.blocks.collapsing import collapse
from graph_model.blocks.expanding import Expansion, expand

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

REACH = 32.0
"""How far beyond the middles of a block's nodes another one belongs to it, in scene units."""


class Expansions(QObject):
    """All that were expanded since the document was opened. One is shown while its nodes are there and its place is
    not, so that undo and redo hide it and show it again."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self._known: list[tuple[str | None, Expansion]] = []
        canvas.session.document_replaced.connect(self._forget_all)

    @property
    def shown(self) -> list[Expansion]:
        """Those that are seen in the open graph: of each place one, that whose nodes stand as they were made."""
        graph = self.canvas.session.graph
        best: dict[str, tuple[int, Expansion]] = {}
        for one in self._here:
            present = [node for node in one.made.values() if graph.has_node(node.id)] if one.present(graph) else []
            alike = sum(graph.node(node) == node for node in present)
            if present and alike >= best.get(one.place.id, (0, one))[0]:
                best[one.place.id] = (alike, one)
        return [one for _, one in best.values()]

    @property
    def _here(self) -> list[Expansion]:
        inside = self.canvas.session.graph.definition_id
        return [one for key, one in self._known if key == inside]

    def of(self, place_id: str) -> Expansion | None:
        """The one that is shown in the place of a block."""
        return next((one for one in self.shown if one.place.id == place_id), None)

    def members(self, expansion: Expansion) -> set[str]:
        """The nodes that belong to it: its own, what stands among them, and what gets and gives values only there."""
        graph = self.canvas.session.graph
        own = set(expansion.present(graph))
        made = {node.id for node in expansion.made.values()}
        for other in self.shown:
            if other.place.id in made:
                own |= self.members(other)
        return own | _joined(graph, own | _among(graph, own))

    def holding(self, node_ids: Iterable[str]) -> Expansion | None:
        """The innermost of those that hold all these nodes."""
        wanted = set(node_ids)
        holding = [(len(members), one) for one in self.shown if wanted and wanted <= (members := self.members(one))]
        return min(holding, key=lambda entry: entry[0])[1] if holding else None

    def _forget_all(self) -> None:
        self._known = []

    def forget(self, place_id: str) -> None:
        """Never show one again: its nodes are no block any more."""
        self._known = [entry for entry in self._known if entry[1].place.id != place_id]

    def expand(self, place: Node) -> None:
        """Show what is in a block in the place of it; raises EditError."""
        canvas, session = self.canvas, self.canvas.session
        made, expansion = expand(session.graph, place, self._here)
        self._known.append((self._key, expansion))
        edit = made.with_weights(session.document, session.level.definition_id)
        session.apply_whole(edit, canvas.tr("Expand {}").format(place.name))
        session.select(node.id for node in made.nodes)
        canvas.viewpoint.show_nodes(session.selection)
        canvas.announce(canvas.tr("{} is shown as {} nodes").format(place.name, len(made.nodes)))

    def collapse(self, expansion: Expansion) -> str | None:
        """Put nodes back into one block, those that were expanded inside first; raises EditError.

        Returns what is to be said: that the block is one of its own from then on.
        """
        session = self.canvas.session
        made = {node.id for node in expansion.made.values()}
        inside = [inner for inner in self.shown if inner.place.id in made]
        kind = self._collapse_with(inside, expansion) if inside else self._collapse(expansion)
        session.select({expansion.place.id})
        self.canvas.announce(self.canvas.tr("{} is one block again").format(expansion.place.name))
        if kind == expansion.definition.id:
            return None
        name = session.graph.definitions.definition(kind).name
        return self.canvas.tr(
            "'{0}' was changed, so it is the block '{1}' from now on: '{2}' is still placed elsewhere, as it was."
        ).format(expansion.place.name, name, expansion.definition.name)

    def _collapse_with(self, inside: list[Expansion], expansion: Expansion) -> str:
        """The same as one step, after those inside; all is as it was if one of them is refused."""
        stack = self.canvas.session.undo_stack
        stack.beginMacro(self.canvas.tr("Collapse {}").format(expansion.place.name))
        try:
            for inner in inside:
                self.collapse(inner)
            kind = self._collapse(expansion)
        except EditError:
            stack.endMacro()
            stack.command(stack.index() - 1).setObsolete(True)
            stack.undo()
            raise
        stack.endMacro()
        return kind

    def _collapse(self, expansion: Expansion) -> str:
        session = self.canvas.session
        made = collapse(session.graph, expansion, self.members(expansion), self._here)
        edit = made.with_weights(session.document, session.level.definition_id)
        session.apply_whole(edit, self.canvas.tr("Collapse {}").format(expansion.place.name))
        assert made.place is not None
        return made.place.kind

    @property
    def _key(self) -> str | None:
        return self.canvas.session.graph.definition_id

    def selected(self) -> Expansion:
        """The innermost that holds the selection; raises EditError."""
        found = self.holding(self.canvas.session.selection)
        if found is None:
            raise EditError("Select nodes of one block that was expanded: they are in a frame with its name.")
        return found


def _among(graph: Graph, node_ids: set[str]) -> set[str]:
    """The nodes that stand among these."""
    places = [graph.node(identifier).position for identifier in node_ids]
    low = [min(place[axis] for place in places) - REACH for axis in (0, 1)]
    high = [max(place[axis] for place in places) + REACH for axis in (0, 1)]
    return {
        node.id
        for node in graph.nodes()
        if all(low[axis] <= node.position[axis] <= high[axis] for axis in (0, 1)) and _may_belong(graph, node)
    }


def _joined(graph: Graph, node_ids: set[str]) -> set[str]:
    """These nodes, and those that get their values from them alone and give theirs to nobody else."""
    found = set(node_ids)
    waiting = list(node_ids)
    while waiting:
        for wire in graph.outgoing(waiting.pop()):
            target = graph.node(wire.target)
            givers = {other.source for other in graph.incoming(target)}
            takers = {other.target for other in graph.outgoing(target)}
            if target.id not in found and takers and givers | takers <= found and _may_belong(graph, target):
                found.add(target.id)
                waiting.append(target.id)
    return found


def _may_belong(graph: Graph, node: Node) -> bool:
    return not graph.kind_of(node).stands_in
