"""The one number that training makes small: the losses of all Outputs, weighed and summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from app.training.losses.functions import LossFunction, loss_function
from app.training.losses.loss_kind import LossKind
from app.training.losses.pairing import chosen_loss, pairing
from app.training.losses.targets import known_rows
from compiler.program import Program

Tensors = torch.Tensor | Sequence[torch.Tensor]
"""One tensor, or one for each Output (or each target)."""


@dataclass(frozen=True)
class Term:
    """One Output's share. `target`: which of the targets it is compared with; None: with none."""

    kind: LossKind
    function: LossFunction
    weight: float
    target: int | None


class Objective:
    """Sums the losses of a drawing's Outputs; see `chosen_loss` for which they are."""

    def __init__(self, program: Program, loss: str, targets: int) -> None:
        pairs = pairing(program, loss, targets)
        self.terms: list[Term] = []
        for number, (step, target) in enumerate(zip(program.outputs, pairs, strict=True)):
            kind = chosen_loss(step.node, loss)
            function = loss_function(kind.name, program, number)
            self.terms.append(Term(kind, function, step.node.parameters["loss_weight"], target))

    def __call__(self, outputs: Tensors, targets: Tensors) -> torch.Tensor:
        """Return the loss, a scalar. `outputs`: as the network returns them."""
        return self.sum_of(self.losses(outputs, targets))

    def losses(self, outputs: Tensors, targets: Tensors) -> list[torch.Tensor]:
        """Return each Output's own loss, scalars, before they are weighed."""
        answers, wanted = _several(outputs), _several(targets)
        return [
            term.function(answer, answer if term.target is None else wanted[term.target])
            for answer, term in zip(answers, self.terms, strict=True)
        ]

    def sum_of(self, losses: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return what each Output's own losses make together, a scalar."""
        total: torch.Tensor | None = None
        for loss, term in zip(losses, self.terms, strict=True):
            weighed = loss if term.weight == 1.0 else term.weight * loss
            total = weighed if total is None else total + weighed
        assert total is not None
        return total

    def hits(self, outputs: Tensors, targets: Tensors) -> tuple[int, int] | None:
        """Return how many answers of the first Output with classes are right, and how many there are.

        One answer for each sample, or for each of its time steps that has a target; None if no Output has classes.
        """
        wanted = _several(targets)
        for answer, term in zip(_several(outputs), self.terms, strict=True):
            if term.target is not None and not wanted[term.target].is_floating_point():
                rows, classes = known_rows(answer, wanted[term.target])
                return int((chosen_classes(rows, term.kind) == classes).sum().item()), len(classes)
        return None


def chosen_classes(rows: torch.Tensor, kind: LossKind) -> torch.Tensor:
    """Return the class that each row of outputs (rows, classes) says, int64 (rows,)."""
    if rows.shape[1] == 1:
        return (rows[:, 0] > kind.boundary).long()
    return rows.argmin(dim=1) if kind.smallest_wins else rows.argmax(dim=1)


def _several(tensors: Tensors) -> Sequence[torch.Tensor]:
    return (tensors,) if isinstance(tensors, torch.Tensor) else tensors
