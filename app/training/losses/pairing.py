"""Which Output is compared with which target, by which loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.training.losses.loss_kind import LossKind
from app.training.losses.registry import loss_kind
from graph_model import Node
from graph_model.catalogue.terminals import DOCUMENT_LOSS

if TYPE_CHECKING:
    from compiler.program import Program


def chosen_loss(output: Node, loss: str) -> LossKind:
    """Return an Output's loss: its own, or `loss`, the document's. Raises TrainingError for an unknown name."""
    own = output.parameters["loss"]
    return loss_kind(loss if own == DOCUMENT_LOSS else own)


def pairing(program: Program, loss: str, targets: int) -> list[int | None]:
    """Return the number of each Output's target; None where its loss needs none.

    The first Output that needs a target is compared with the first, and so on. If there is only one target, all are
    compared with it: so are the further classifiers half way up a deep network (GoogLeNet).
    """
    found: list[int | None] = []
    place = 0
    for step in program.outputs:
        if not chosen_loss(step.node, loss).targets:
            found.append(None)
            continue
        found.append(0 if targets == 1 else place)
        place += 1
    return found
