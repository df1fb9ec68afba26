"""An example as the walk takes it: checked against the drawing, in float64."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy
import torch

from app.training.backpropagation.plan import Plan
from graph_model import TrainingError


def arrays_of(inputs: object, count: int) -> Sequence[Any] | None:
    """Return what each of `count` inputs of the module is given; None if they are not as many."""
    if count == 1:
        return [inputs]
    return inputs if isinstance(inputs, (list, tuple)) and len(inputs) == count else None


def example_tensors(plan: Plan, inputs: object, examples: int | None = None) -> list[torch.Tensor]:
    """Return one tensor (numbers of a sample, examples) for each input of the module.

    `inputs`: one array, or one for each input; `examples`: None for one sample without a batch axis, else the size of
    axis 0. Raises TrainingError if their sizes do not fit the drawing.
    """
    entries, arrays = plan.entries, arrays_of(inputs, len(plan.entries))
    if arrays is None:
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
