"""How good a network is on examples that it is not trained on at this moment."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from app.training.data_on_device import DeviceData, Examples
from app.training.evaluation_batch import evaluation_batch
from app.training.losses.objective import Objective, Tensors
from compiler.compiled_network import CompiledNetwork
from compiler.direct_calls import direct_calls

FEWEST_EXAMPLES = 100
"""Training examples whose accuracy is measured, beside a validation set that may be empty."""


@torch.no_grad()
def evaluation(module: CompiledNetwork, objective: Objective, data: DeviceData) -> dict[str, float]:
    """Return the columns of a recording that are measured after an epoch: on the validation set, if there is one, and
    on as many training examples, with dropout off and running statistics in use; changes nothing.

    An accuracy is from 0 to 1, and not a number where there are no classes.
    """
    values: dict[str, float] = {}
    module.eval()
    call = direct_calls(module)
    if len(data.validation):
        validation = _evaluate(call, objective, data.validation)
        values["validation_loss"], values["validation_accuracy"] = validation
    few = slice(0, max(FEWEST_EXAMPLES, len(data.validation)))
    _, values["train_accuracy"] = _evaluate(call, objective, data.training.take(few), with_loss=False)
    module.train()
    return values


def _evaluate(
    call: Callable[..., Tensors], objective: Objective, examples: Examples, with_loss: bool = True
) -> tuple[float, float]:
    """Return mean loss, not a number if it is left out, and accuracy."""
    total, right, answers = 0.0 if with_loss else math.nan, 0, 0
    batch = evaluation_batch(sum(tensor[0].numel() for tensor in examples.inputs) if len(examples) else 1)
    for start in range(0, len(examples), batch):
        some = examples.take(slice(start, start + batch))
        outputs = call(*some.inputs)
        if with_loss:
            total += objective(outputs, some.targets).item() * len(some)
        hits = objective.hits(outputs, some.targets)
        if hits is not None:
            right, answers = right + hits[0], answers + hits[1]
    return total / len(examples), right / answers if answers else math.nan
