"""What grouping and ungrouping have in common: an edit, and where trained weights go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
class Regrouping:
    """`edit`: for the graph in which the nodes stand. `place`: the block's place, or None after ungrouping.
    `moved`: what the paths of weights begin with -> what they begin with afterwards."""

    edit: Edit
    place: Node | None
    nodes: tuple[Node, ...]
    moved: Mapping[str, str]
    kept: frozenset[str] = frozenset()
    """Those of `moved` whose weights stay where they were as well, because others share them."""

    def with_weights(self, document: Document, definition_id: str | None = None) -> WithWeights:
        """The same edit, as one of the drawing, which takes trained weights along. `definition_id`: the definition in
        whose body the nodes stand, None for the drawing: weights move in every copy of that body."""
        edit = self.edit if definition_id is None else InDefinition(definition_id, self.edit)
        owners = owners_of(document.graph, definition_id)
        changes: dict[str, Any] = {}
        added: dict[str, Any] = {}
        for name, array in document.weights.items():
            owner, _, parameter = name.partition(".")
            for path in owners:
                local = owner.removeprefix(path)
                before = next((one for one in paths_to(local) if one in self.moved), None)
                if owner.startswith(path) and before is not None:
                    if before not in self.kept:
                        changes[name] = None
                    added[f"{path}{self.moved[before]}{local[len(before) :]}.{parameter}"] = array
        return WithWeights(edit, {**changes, **added})


def centre_of(nodes: Sequence[Node]) -> Position:
    """The middle of the places of nodes, in scene units."""
    return (
        sum(node.position[0] for node in nodes) / len(nodes),
        sum(node.position[1] for node in nodes) / len(nodes),
    )
