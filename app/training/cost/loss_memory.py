"""What computing the loss takes, found as what a node takes is: by letting it run under a ledger, with two small
batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from app.training.datasets.registry import dataset_kind
from app.training.losses.loss_kind import LossKind
from app.training.losses.objective import Objective
from compiler.cost import NO_LOSS, LossCost
from compiler.cost.ledger import Ledger, key_of
from compiler.cost.measuring import Amount
from compiler.cost.short_runs import FEW
from compiler.program import Program
from graph_model import GradCanvasError, TrainingSettings


@dataclass(frozen=True)
class Measured:
    """`sizes`: bytes of targets, kept, forward and backward; see LossCost."""

    sizes: tuple[int, int, int, int]
    keeps_outputs: bool


def loss_cost(program: Program, settings: TrainingSettings) -> LossCost:
    """Return what the loss of a drawing takes.

    Nothing where dataset, loss and outputs do not fit together: readiness.py says so before a run.
    """
    if any(step.fault is not None or len(step.input_shapes) != 1 for step in program.outputs):
        return NO_LOSS
    try:
        one, other = (_run(program, settings, batch) for batch in FEW)
    except (RuntimeError, ValueError, IndexError, GradCanvasError):
        return NO_LOSS
    targets, kept, forward, backward = (
        Amount.through(FEW, sizes) for sizes in zip(one.sizes, other.sizes, strict=True)
    )
    return LossCost(targets, kept, forward, backward, one.keeps_outputs)


def _run(program: Program, settings: TrainingSettings, batch: int) -> Measured:
    known = dataset_kind(settings.dataset, settings.dataset_options).targets
    objective = Objective(program, settings.loss, len(known))
    outputs: list[torch.Tensor] = []
    wanted: list[torch.Tensor] = []
    for step, term in zip(program.outputs, objective.terms, strict=True):
        output = torch.zeros(batch, *(int(axis) for axis in step.input_shapes[0][1:]))
        outputs.append(output)
        wanted.append(
            output if term.target is None else _target(term.kind, bool(known[term.target].class_names), output)
        )
    return _measure(objective, outputs, wanted)


def _target(kind: LossKind, classes: bool, output: torch.Tensor) -> torch.Tensor:
    """Zeros in the form that the loss compares an output with."""
    if (classes and "classes" in kind.targets) or "values" not in kind.targets:
        return torch.zeros(output.shape[:1] + output.shape[1:-1], dtype=torch.long)
    return torch.zeros(*output.shape[:-1], output.shape[-1] // kind.outputs_per_value)


def _measure(objective: Objective, outputs: Sequence[torch.Tensor], wanted: Sequence[torch.Tensor]) -> Measured:
    given = [output.requires_grad_() for output in outputs]
    own = {key_of(output) for output in given}
    targets = {key_of(one): one.nbytes for one in wanted if key_of(one) not in own}
    kept: set[int] = set()

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.add(key_of(tensor))
        return tensor

    with Ledger() as ledger:
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            total = None
            for term, output, target in zip(objective.terms, given, wanted, strict=True):
                loss = term.function(output, target)
                total = loss if total is None else total + loss
        assert total is not None
        forward, live = ledger.peak, ledger.live
        ledger.begin_peak()
        torch.autograd.grad(total, given, allow_unused=True)
        backward = ledger.peak - live
    return Measured((sum(targets.values()), live, forward, max(0, backward)), bool(kept & own))


__all__ = ["loss_cost"]
