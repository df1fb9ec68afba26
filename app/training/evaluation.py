"""How good a network is on examples that it is not trained on at this moment."""

from __future__ import annotations

import math

import torch

from app.training.data_on_device import DeviceData, Examples
from app.training.evaluation_batch import evaluation_batch
from app.training.losses.objective import Objective
from compiler.compiled_network import CompiledNetwork
from compiler.direct_calls import direct_calls

FEWEST_EXAMPLES = 100
"""Training examples whose accuracy is measured, beside a validation set that may be empty."""


def evaluation(module: CompiledNetwork, objective: Objective, data: DeviceData) -> dict[str, float]:
    """Return the columns of a recording that are measured after an epoch: on the validation set, if there is one, and
    on as many training examples. An accuracy is not a number where there are no classes."""
    values: dict[str, float] = {}
    if len(data.validation):
        validation = evaluate(module, objective, data.validation)
        values["validation_loss"], values["validation_accuracy"] = validation
    few = slice(0, max(FEWEST_EXAMPLES, len(data.validation)))
    _, values["train_accuracy"] = evaluate(module, objective, data.training.take(few), with_loss=False)
    return values


@torch.no_grad()
def evaluate(
    module: CompiledNetwork, objective: Objective, examples: Examples, with_loss: bool = True
) -> tuple[float, float]:
    """Return mean loss and accuracy (0 to 1) with dropout off and running statistics in use; changes nothing.

    `with_loss`: False leaves the loss out; it is then not a number.
    """
    module.eval()
    call = direct_calls(module)
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
    module.train()
    return total / len(examples), right / answers if answers else math.nan
