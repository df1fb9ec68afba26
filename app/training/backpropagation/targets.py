"""What the Outputs should say, as their losses take it: checked against what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy
import torch

from app.training.backpropagation.plan import End, Plan
from app.training.backpropagation.quantities import Array
from app.training.datasets.dataset import IGNORED
from app.training.losses import LossKind
from app.training.losses.objective import Objective
from graph_model import TrainingError

Target = int | Array | None
"""One class number; int64 ones (time,), one for each time step; floating-point values; None where none is needed."""

Targets = Target | tuple[Target, ...]
"""One, with which all Outputs are compared, or one for each Output that is compared with any: see losses.pairing."""


def as_tuple(targets: Targets) -> tuple[Target, ...]:
    """Return the targets of one example."""
    return targets if isinstance(targets, tuple) else (targets,)


def target_tensors(plan: Plan, examples: Sequence[Targets], loss: str) -> list[torch.Tensor]:
    """Return what the answers should be: for each target (examples, …), class numbers or float64 values.

    With some losses two classes share one number. Raises TrainingError for a class that an Output has no number for,
    and for targets that its loss does not compare with, or not with so many. `loss`: the document's.
    """
    columns = list(zip(*(as_tuple(example) for example in examples), strict=True))
    objective = plan.objective(loss, len(columns))
    _refuse_wrong_number(objective, len(columns))
    tensors = [torch.zeros(len(examples), dtype=torch.float64) for _ in columns]
    for end, term in zip(plan.ends, objective.terms, strict=True):
        if term.target is not None:
            tensors[term.target] = _tensor(end, term.kind, columns[term.target])
    return tensors


def _refuse_wrong_number(objective: Objective, count: int) -> None:
    compared = sum(term.target is not None for term in objective.terms)
    if count not in (1, compared):
        outputs = "1 Output" if compared == 1 else f"{compared} Outputs"
        raise TrainingError(
            f"The drawing has {outputs} to compare with a target, but the example has {count} targets. Choose another "
            "dataset, or give each target an Output."
        )


def _tensor(end: End, kind: LossKind, targets: Sequence[Target]) -> torch.Tensor:
    """Return one target of all examples, checked against the Output that is compared with it."""
    if all(isinstance(target, numpy.ndarray) and target.dtype.kind == "f" for target in targets):
        return _values(end, kind, numpy.stack([numpy.asarray(target) for target in targets]))
    if "classes" not in kind.targets:
        raise TrainingError(
            f"The loss {kind.name} compares with numbers, and the target {targets[0]!r} is a class: choose another "
            "loss, such as cross_entropy, or a dataset with numbers."
        )
    steps = [target for target in targets if isinstance(target, numpy.ndarray) and target.ndim == 1]
    *time, numbers = end.gathered.shape
    if len(time) != (1 if steps else 0) or any(step.shape != tuple(time) for step in steps):
        raise TrainingError(_wrong_number_of_classes(end, bool(steps)))
    classes = 2 if numbers == 1 and kind.one_output_for_two_classes else numbers
    for target in targets:
        for one in target.tolist() if isinstance(target, numpy.ndarray) else [target]:
            if not (steps and one == IGNORED):
                _refuse_no_class(end, one, numbers, classes)
    return torch.from_numpy(numpy.array(targets, dtype=numpy.int64))


def _values(end: End, kind: LossKind, values: Array) -> torch.Tensor:
    if "values" not in kind.targets:
        raise TrainingError(
            f"The loss {kind.name} compares with a class, and the target has numbers: choose another loss, such as "
            "mean_squared_error, or a dataset with classes."
        )
    given, wanted = math.prod(values.shape[1:]), math.prod(end.gathered.shape)
    if given * kind.outputs_per_value != wanted:
        raise TrainingError(
            f"Output '{end.step.node.name}' gives {wanted} numbers a sample, and the loss {kind.name} compares them "
            f"with {wanted // kind.outputs_per_value}, but the target has {given}. Change the layer before the Output."
        )
    return torch.from_numpy(values.astype(numpy.float64))


def _wrong_number_of_classes(end: End, each_step: bool) -> str:
    name, shape = end.step.node.name, end.gathered.shape
    came = ", ".join(["batch", *map(str, shape)])
    if each_step:
        return (
            f"Output '{name}' receives ({came}), but the target has one class for each time step: the loss needs "
            "(batch, time, classes) with as many time steps."
        )
    return (
        f"Output '{name}' receives ({came}), but the target is one class, and the loss needs one number for each "
        "class, (batch, classes): put a Flatten before it, or choose a dataset with a class for each time step."
    )


def _refuse_no_class(end: End, target: object, numbers: int, classes: int) -> None:
    if isinstance(target, bool) or not isinstance(target, (int, numpy.integer)) or not 0 <= target < classes:
        has = (
            f"which has {numbers} {'number' if numbers == 1 else 'numbers'}: choose one from 0 to {classes - 1}."
            if classes > 1
            else "which has a single number, so there is only class 0. Give it a number for each class."
        )
        raise TrainingError(f"The target {target!r} is no class of Output '{end.step.node.name}', {has}")
