"""An example as the walk takes it: checked against the drawing, in float64."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy
import torch

from app.training.backpropagation.plan import Plan
from app.training.backpropagation.quantities import Array
from app.training.datasets.dataset import IGNORED
from app.training.losses import LossKind
from graph_model import TrainingError

Target = int | Array | None
"""One class number; int64 ones (time,), one for each time step; floating-point values; None where none is needed."""


def example_tensors(plan: Plan, inputs: object, examples: int | None = None) -> list[torch.Tensor]:
    """Return one tensor (numbers of a sample, examples) for each input of the module.

    `inputs`: one array, or one for each input; `examples`: None for one sample without a batch axis, else the size of
    axis 0. Raises TrainingError if their sizes do not fit the drawing.
    """
    entries = plan.entries
    arrays = [inputs] if len(entries) == 1 else inputs
    if not isinstance(arrays, (list, tuple)) or len(arrays) != len(entries):
        raise TrainingError(f"The drawing has {len(entries)} inputs: give one array for each.")
    tensors = []
    for entry, array in zip(entries, arrays, strict=True):
        values = numpy.asarray(array, dtype=numpy.float64)
        needed = math.prod(entry.gathered.shape)
        if values.size != needed * (examples or 1):
            came = f"{values.size}" if examples is None else f"{values.size / examples:g}"
            raise TrainingError(f"{entry.name} takes {needed} numbers, but the example has {came}. Choose another one.")
        limit = entry.limit
        if limit is not None and values.size and not 0 <= values.min() <= values.max() < limit:
            raise TrainingError(
                f"{entry.name} takes whole numbers from 0 to {limit - 1}, since an embedding looks them up, but the "
                f"example has numbers from {values.min():g} to {values.max():g}. Choose another one."
            )
        tensors.append(torch.from_numpy(values.reshape(examples or 1, needed).T.copy()))
    return tensors


def target_tensor(plan: Plan, targets: Sequence[Target], loss: str) -> torch.Tensor:
    """Return what the answers should be, as losses take it: (examples, …), class numbers or float64 values.

    With some losses two classes share one number. Raises TrainingError for a class that the Output has no number for,
    and for targets that the loss does not compare with, or not with so many.
    """
    kind = plan.loss_kind(loss)
    if not kind.targets:
        return torch.zeros(len(targets), dtype=torch.float64)
    if all(isinstance(target, numpy.ndarray) and target.dtype.kind == "f" for target in targets):
        return _values(plan, kind, numpy.stack([numpy.asarray(target) for target in targets]))
    if "classes" not in kind.targets:
        raise TrainingError(
            f"The loss {kind.name} compares with numbers, and the target {targets[0]!r} is a class: choose another "
            "loss, such as cross_entropy, or a dataset with numbers."
        )
    steps = [target for target in targets if isinstance(target, numpy.ndarray) and target.ndim == 1]
    *time, numbers = plan.answer.shape
    if len(time) != (1 if steps else 0) or any(step.shape != tuple(time) for step in steps):
        raise TrainingError(_wrong_number_of_classes(plan, bool(steps)))
    classes = 2 if numbers == 1 and kind.one_output_for_two_classes else numbers
    for target in targets:
        for one in target.tolist() if isinstance(target, numpy.ndarray) else [target]:
            if not (steps and one == IGNORED):
                _refuse_no_class(plan, one, numbers, classes)
    return torch.from_numpy(numpy.array(targets, dtype=numpy.int64))


def _values(plan: Plan, kind: LossKind, values: Array) -> torch.Tensor:
    if "values" not in kind.targets:
        raise TrainingError(
            f"The loss {kind.name} compares with a class, and the target has numbers: choose another loss, such as "
            "mean_squared_error, or a dataset with classes."
        )
    given, wanted = math.prod(values.shape[1:]), math.prod(plan.answer.shape)
    if given * kind.outputs_per_value != wanted:
        raise TrainingError(
            f"Output '{plan.output.node.name}' gives {wanted} numbers a sample, and the loss {kind.name} compares them "
            f"with {wanted // kind.outputs_per_value}, but the target has {given}. Change the layer before the Output."
        )
    return torch.from_numpy(values.astype(numpy.float64))


def _wrong_number_of_classes(plan: Plan, each_step: bool) -> str:
    name, shape = plan.output.node.name, plan.answer.shape
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


def _refuse_no_class(plan: Plan, target: object, numbers: int, classes: int) -> None:
    if isinstance(target, bool) or not isinstance(target, (int, numpy.integer)) or not 0 <= target < classes:
        has = (
            f"which has {numbers} {'number' if numbers == 1 else 'numbers'}: choose one from 0 to {classes - 1}."
            if classes > 1
            else "which has a single number, so there is only class 0. Give it a number for each class."
        )
        raise TrainingError(f"The target {target!r} is no class of Output '{plan.output.node.name}', {has}")
