"""An example as the walk takes it: checked against the drawing, in float64."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy
import torch

from app.training.backpropagation.plan import Plan
from graph_model import TrainingError


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


def target_tensor(plan: Plan, targets: Sequence[int], loss: str) -> torch.Tensor:
    """Return class numbers as a tensor; raises TrainingError for one that the Output has no number for.

    With some losses two classes share one number.
    """
    numbers = plan.answer.shape[0]
    classes = 2 if numbers == 1 and plan.loss_kind(loss).one_output_for_two_classes else numbers
    for target in targets:
        if isinstance(target, bool) or not isinstance(target, (int, numpy.integer)) or not 0 <= target < classes:
            has = (
                f"which has {numbers} {'number' if numbers == 1 else 'numbers'}: choose one from 0 to {classes - 1}."
                if classes > 1
                else "which has a single number, so there is only class 0. Give it a number for each class."
            )
            raise TrainingError(f"The target {target!r} is no class of Output '{plan.output.node.name}', {has}")
    return torch.tensor([int(target) for target in targets])
