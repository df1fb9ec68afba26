"""What grouping and ungrouping have in common: an edit, and where trained weights go with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_model.blocks.edits import InDefinition
from graph_model.blocks.flattening import paths_to
from graph_model.blocks.levels import owners_of
from graph_model.document import Document, WithWeights
from graph_model.edits import Edit
from graph_model.values import Node

Position = tuple[float, float]


@dataclass(frozen=True)
class Moved:
    """Weights that move in another graph too. `definition_id`: the definition whose body that is, None for the drawing.
    `paths`: what they begin with, and what they begin with afterwards; one may go to several."""

    definition_id: str | None
    paths: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Gained:
    """Nodes that all places of a definition gain, each with weights of its own, which start as those that moved in.

    `start`: what the paths of the weights begin with at the place to which they moved.
    """

    definition_id: str
    start: str


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
        changes: dict[str, Any] = {}
        added: dict[str, Any] = {}
        gained: dict[str, Any] = {}
        for moved in (Moved(definition_id, tuple(self.moved.items())), *self.elsewhere):
            for name, path, before, after in _moving(document, moved):
                array = document.weights[name]
                if before not in self.kept:
                    changes[name] = None
                local = f"{after}{name.removeprefix(path)[len(before) :]}"
                added[path + local] = array
                if self.gained is not None:
                    gained.setdefault(local.removeprefix(self.gained.start), array)
        if self.gained is not None:
            for owner in owners_of(document.graph, self.gained.definition_id):
                added = {**{owner + name: array for name, array in gained.items()}, **added}
        return WithWeights(edit, {**changes, **added})


def _moving(document: Document, moved: Moved) -> Iterator[tuple[str, str, str, str]]:
    """Yield (name of a weight, what it begins with in its copy of the body, what moves of the rest, where to)."""
    afters: dict[str, list[str]] = {}
    for before, after in moved.paths:
        afters.setdefault(before, []).append(after)
    if not afters:
        return
    owners = owners_of(document.graph, moved.definition_id)
    for name in document.weights:
        owner = name.partition(".")[0]
        for path in owners:
            if owner.startswith(path):
                before = next((one for one in paths_to(owner.removeprefix(path)) if one in afters), None)
                for after in afters.get(before or "", ()):
                    yield name, path, before or "", after


def centre_of(nodes: Sequence[Node]) -> Position:
    """The middle of the places of nodes, in scene units."""
    return (
        sum(node.position[0] for node in nodes) / len(nodes),
        sum(node.position[1] for node in nodes) / len(nodes),
    )
