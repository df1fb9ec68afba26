"""What grouping and ungrouping have in common: an edit, and where trained weights go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_model.blocks.flattening import SEPARATOR
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

    def with_weights(self, document: Document, path: str = "", wrap: Any = None) -> WithWeights:
        """The same edit, which takes trained weights along. `path`: that of the place whose body the nodes stand in,
        ending in "/", or ""; `wrap`: makes an edit of the drawing from one of that body."""
        edit = self.edit if wrap is None else wrap(self.edit)
        changes: dict[str, Any] = {}
        added: dict[str, Any] = {}
        for name, array in document.weights.items():
            owner, _, parameter = name.partition(".")
            local = owner.removeprefix(path)
            for before, after in self.moved.items():
                if owner.startswith(path) and (local == before or local.startswith(before + SEPARATOR)):
                    changes[name] = None
                    added[f"{path}{after}{local[len(before) :]}.{parameter}"] = array
                    break
        return WithWeights(edit, {**changes, **added})


def centre_of(nodes: Sequence[Node]) -> Position:
    """The middle of the places of nodes, in scene units."""
    return (
        sum(node.position[0] for node in nodes) / len(nodes),
        sum(node.position[1] for node in nodes) / len(nodes),
    )
