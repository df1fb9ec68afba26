"""What grouping and ungrouping have in common: an edit, and where trained weights go with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_model.blocks.definition import is_block
from graph_model.blocks.edits import InDefinition
from graph_model.blocks.flattening import SEPARATOR, paths_to
from graph_model.blocks.levels import copies_of, owner_of, starts_of, ways_to
from graph_model.document import Document, WithWeights
from graph_model.edits import Edit
from graph_model.graph import Graph
from graph_model.values import Node

Position = tuple[float, float]


@dataclass(frozen=True)
class Moved:
    """Weights that move in another graph too. `definition_id`: the definition whose body that is, None for the drawing.
    `paths`: what they begin with, what they begin with afterwards, and which number of the array goes there, None for
    all of it; one may go to several."""

    definition_id: str | None
    paths: tuple[tuple[str, str, int | None], ...]


@dataclass(frozen=True)
class Gained:
    """Nodes that all places of a definition gain, each with weights of its own, which start as those that moved in.

    `nodes`: path of what moved -> its id inside; `by_path`: the ids inside whose weights are kept by the path of the
    copy, not of its owner.
    """

    definition_id: str
    nodes: Mapping[str, str]
    by_path: frozenset[str]

    def weights(self, root: Graph, weights: Mapping[str, Any]) -> dict[str, Any]:
        """Return by their names at all copies the weights that are known by their names inside."""
        return {
            (copy.path if name.partition(".")[0] in self.by_path else copy.owner) + name: array
            for copy in copies_of(root, self.definition_id)
            for name, array in weights.items()
        }


@dataclass(frozen=True)
class Regrouping:
    """`edit`: for the graph in which the nodes stand. `place`: the block's place, or None after ungrouping.
    `moved`: what the paths of weights begin with -> what they begin with afterwards."""

    edit: Edit
    place: Node | None
    nodes: tuple[Node, ...]
    moved: Mapping[str, str]
    kept: frozenset[str] = frozenset()
    """Those of `moved` whose weights stay where they were as well, because others share them."""
    elsewhere: tuple[Moved, ...] = ()
    gained: Gained | None = None

    def with_weights(self, document: Document, definition_id: str | None = None) -> WithWeights:
        """The same edit, as one of the drawing, which takes trained weights along. `definition_id`: the definition in
        whose body the nodes stand, None for the drawing: weights move in every copy of that body."""
        edit = self.edit if definition_id is None else InDefinition(definition_id, self.edit)
        here = tuple((before, after, None) for before, after in self.moved.items())
        changes: dict[str, Any] = {}
        added: dict[str, Any] = {}
        gained: dict[str, Any] = {}
        kept = set(self.kept)
        for alone in (Moved(definition_id, here), *self.elsewhere):
            moved = _with_labels(document, alone, kept)
            for name, path, before, after, index in _moving(document, moved):
                array = document.weights[name]
                if index is not None:
                    if array.ndim != 1 or index >= len(array):
                        continue  # What was trained before the wire carried so many numbers fits none of them.
                    array = array[index : index + 1].reshape(())
                if before not in kept:
                    changes[name] = None
                local = f"{after}{name.removeprefix(path)[len(before) :]}"
                added[path + local] = array
                if self.gained is not None:
                    inside = self.gained.nodes.get(before, before)  # or the label under which places share
                    gained.setdefault(f"{inside}{name.removeprefix(path)[len(before) :]}", array)
        if self.gained is not None:
            added = {**self.gained.weights(document.graph, gained), **added}
        return WithWeights(edit, {**changes, **added})


def like_originals(
    document: Document, definition_id: str | None, edit: Edit, originals: Mapping[str, str]
) -> WithWeights:
    """Return an edit of a graph as one of the document, by which copies have the trained weights of what they copy.

    `definition_id`: the definition whose body the graph is, None for the drawing; `originals`: id of a copy -> id of
    its original. In a block that holds at each of its places.
    """
    copied = Moved(definition_id, tuple((original, copy, None) for copy, original in originals.items()))
    weights = {
        f"{path}{after}{name[len(path) + len(before) :]}": document.weights[name]
        for name, path, before, after, _ in _moving(document, copied)
    }
    return WithWeights(edit if definition_id is None else InDefinition(definition_id, edit), weights)


def _with_labels(document: Document, moved: Moved, kept: set[str]) -> Moved:
    """The same, and the weights that places among them share under a label. What others share that do not move is
    added to `kept`."""
    definitions = document.graph.definitions
    graph = document.graph if moved.definition_id is None else definitions.body(moved.definition_id)
    befores = {before for before, _, _ in moved.paths}
    shared: dict[tuple[str, str, int | None], None] = {}
    for before, after, _ in moved.paths:
        *_, (inside, identifier) = ways_to(graph, before) or [(graph, "")]
        if before.rpartition(SEPARATOR)[2] != identifier or not is_block(inside.node(identifier).kind):
            continue
        owner = owner_of(inside.node(identifier))
        if owner == identifier:
            continue
        start = before.removesuffix(identifier)
        shared[start + owner, f"{after.rpartition(SEPARATOR)[0]}{SEPARATOR}{owner}".removeprefix(SEPARATOR), None] = (
            None
        )
        if any(owner_of(other) == owner and start + other.id not in befores for other in inside.places()):
            kept.add(start + owner)
    return Moved(moved.definition_id, (*moved.paths, *shared))


def _moving(document: Document, moved: Moved) -> Iterator[tuple[str, str, str, str, int | None]]:
    """Yield (name of a weight, what it begins with in its copy of the body, what moves of the rest, where to, which of
    its numbers)."""
    afters: dict[str, list[tuple[str, int | None]]] = {}
    for before, after, index in moved.paths:
        afters.setdefault(before, []).append((after, index))
    if not afters:
        return
    starts = starts_of(document.graph, moved.definition_id)
    for name in document.weights:
        owner = name.partition(".")[0]
        for path in starts:
            if owner.startswith(path):
                before = next((one for one in paths_to(owner.removeprefix(path)) if one in afters), "")
                for after, index in afters.get(before, ()):
                    yield name, path, before, after, index


def centre_of(nodes: Sequence[Node]) -> Position:
    """The middle of the places of nodes, in scene units."""
    return (
        sum(node.position[0] for node in nodes) / len(nodes),
        sum(node.position[1] for node in nodes) / len(nodes),
    )
