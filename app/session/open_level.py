"""What is open on the canvas: the drawing, or the body of a block as it is at the place that was entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graph_model import Document, EditError, Graph
from graph_model.blocks import InDefinition
from graph_model.blocks.edits import changes_blocks
from graph_model.blocks.flattening import SEPARATOR, flatten
from graph_model.blocks.levels import Copy, Level, copies_of, level, ways_to
from graph_model.document import WithWeights
from graph_model.edits import Edit, Sequence, nodes_added


class OpenLevel:
    """A document and the places that were entered, the outermost first.

    Ids of nodes and wires are those of the open graph; *paths* are those by which training and checks know them.
    """

    def __init__(self, document: Document, places: tuple[str, ...] = ()) -> None:
        self.document = document
        self.places = places

    @property
    def graph(self) -> Graph:
        """The graph that is open."""
        return self._level.graph

    @property
    def weights(self) -> Mapping[str, Any]:
        """The trained weights of the open graph, under the names that they have in it."""
        level = self._level
        return WeightsInside(self.document, level.owner, level.path) if self.places else self.document.weights

    @property
    def definition_id(self) -> str | None:
        """The definition whose body is open; None for the drawing."""
        return self.graph.definition_id

    @property
    def path(self) -> str:
        """What the paths of what is open begin with: "" or "layer1/"."""
        return self._level.path

    @property
    def owner(self) -> str:
        """What the names of its weights begin with."""
        return self._level.owner

    @property
    def copy(self) -> Copy:
        """Which copy of the body is open."""
        known = set(copies_of(self.document.graph, self.definition_id))
        over_time = Copy(self.owner, self.owner)
        return over_time if over_time in known else Copy(self.path, self.owner)

    @property
    def _level(self) -> Level:
        return level(self.document.graph, self.places)

    def standing(self) -> OpenLevel:
        """As much of this level as there still is."""
        for count in range(len(self.places), -1, -1):
            try:
                level(self.document.graph, self.places[:count])
            except EditError:
                continue
            return self if count == len(self.places) else OpenLevel(self.document, self.places[:count])
        raise AssertionError("the drawing itself is always there")

    @property
    def flat(self) -> Graph:
        """The whole drawing without its blocks: ids and names in it are paths."""
        return flatten(self.document.graph).graph

    def path_of(self, identifier: str) -> str:
        """The path of a node or a wire of the open graph."""
        return self.path + identifier

    def path_named(self, name: str) -> str | None:
        """The path of the node that checks and training call so: 'layer1/conv1'; None if there is none."""
        for known in (self.document.graph, self.flat):
            if name in known.names():
                return known.node_named(name).id
        return None

    def here(self, path: str) -> str | None:
        """The id in the open graph of what a path leads to, or of the place in which that lies; None if elsewhere."""
        if SEPARATOR not in path:
            return None if self.places else path
        nodes = [identifier for _, identifier in ways_to(self.document.graph, path)]
        depth = len(self.places)
        if tuple(nodes[:depth]) != self.places:
            return None
        if len(nodes) > depth:
            return nodes[depth]
        last = path.rpartition(SEPARATOR)[2]
        return last if self.graph.has_wire(last) else None

    def drawn_here(self, path: str) -> str | None:
        """The same for what belongs to the open body at whichever of its places: a mistake in it is one at all."""
        ways = ways_to(self.document.graph, path)
        return next((identifier for graph, identifier in ways if graph is self.graph), None)

    def as_whole(self, edit: Any) -> Any:
        """An edit of the open graph as one of the document; what changes settings stays as it is.

        A trained weight is put in at the place that is open, and taken out at all places of the block.
        """
        identifier = self.definition_id
        if identifier is None:
            return edit
        if isinstance(edit, WithWeights):
            return replace(
                edit, edit=InDefinition(identifier, edit.edit), weights=self._weights_outside(edit, identifier)
            )
        return InDefinition(identifier, edit) if isinstance(edit, Edit) else edit

    def _weights_outside(self, edit: WithWeights, identifier: str) -> dict[str, Any]:
        """Weights of the open body by their names in the document."""
        added = {node.id: node.kind for node in nodes_added(edit.edit)}
        found: dict[str, Any] = {}
        for copy in copies_of(self.document.graph, identifier):
            for name, array in edit.weights.items():
                if array is None:
                    found |= dict.fromkeys((copy.owner + name, copy.path + name))
                elif copy.owner == self.owner:
                    found[copy.start_of(self.graph, name.partition(".")[0], added) + name] = array
        return found

    def at_all_places(self, edit: Edit, weights: Mapping[str, Any]) -> Any:
        """An edit of the open graph as one of the document, with trained weights of what it adds, which are put in at
        all places of the block."""
        if not weights or not self.places:
            return WithWeights(edit, weights) if weights else self.as_whole(edit)
        added = {node.id: node.kind for node in nodes_added(edit)}
        identifier = self.definition_id or ""
        found = {
            copy.start_of(self.graph, name.partition(".")[0], added) + name: array
            for copy in copies_of(self.document.graph, identifier)
            for name, array in weights.items()
        }
        return WithWeights(InDefinition(identifier, edit), found)

    def as_here(self, edit: Edit) -> Edit | None:
        """An edit of the drawing that happened as one of the open graph; None if it may have changed anything there."""
        if self.definition_id is None:
            return None if changes_blocks(edit) else edit
        if isinstance(edit, Sequence):
            parts = [self.as_here(part) for part in edit.edits]
            known = tuple(part for part in parts if part is not None)
            return Sequence(known) if len(known) == len(parts) else None
        if isinstance(edit, InDefinition) and edit.definition_id == self.definition_id:
            return None if changes_blocks(edit.edit) else edit.edit
        return None


class WeightsInside(Mapping[str, Any]):
    """The trained weights of a block at one place, always as the document has them. `owner`, `path`: what the names of
    those of layers begin with, and of those of neurons and wires."""

    def __init__(self, document: Document, owner: str, path: str) -> None:
        self._document, self._starts = document, tuple(dict.fromkeys((owner, path)))

    def __getitem__(self, name: str) -> Any:
        weights = self._document.weights
        for start in self._starts:
            if start + name in weights:
                return weights[start + name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        weights = self._document.weights
        found = (name.removeprefix(start) for start in self._starts for name in weights if name.startswith(start))
        return iter(dict.fromkeys(found))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return True
