"""A problem of a drawing, in words, with the edits that would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from graph_model.edits import Edit

if TYPE_CHECKING:
    from graph_model.document import DocumentEdit


@dataclass(frozen=True)
class Fix:
    """An edit of the drawing, or of how it is trained, that mends a problem, with the words on its button."""

    label: str
    edit: Edit | DocumentEdit


@dataclass(frozen=True)
class Problem:
    """What is wrong with a drawing, and where. A drawing with an error cannot run; a warning only informs.

    `node`: the node's name, or None if the whole drawing is meant; `node_id`: its id.
    """

    severity: Literal["error", "warning"]
    node: str | None
    message: str
    fixes: tuple[Fix, ...] = ()
    node_id: str | None = None

    def __str__(self) -> str:
        return self.message
