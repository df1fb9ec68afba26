"""How good a network is on examples that it is not trained on at this moment."""

from __future__ import annotations

import torch
from torch import nn

from app.training.data_on_device import DeviceData
from app.training.evaluation_batch import evaluation_batch
from app.training.losses import LossFunction

FEWEST_EXAMPLES = 100
"""Training examples whose accuracy is measured, beside a validation set that may be empty."""


def evaluation(module: nn.Module, loss: LossFunction, data: DeviceData) -> dict[str, float]:
    """Return the columns of a recording that are measured after an epoch: on the validation set, if there is one, and
    on as many training examples."""
    values: dict[str, float] = {}
    if len(data.validation_inputs):
        validation = evaluate(module, loss, data.validation_inputs, data.validation_targets)
        values["validation_loss"], values["validation_accuracy"] = validation
    few = slice(0, max(FEWEST_EXAMPLES, len(data.validation_inputs)))
    _, values["train_accuracy"] = evaluate(module, loss, data.training_inputs[few], data.training_targets[few])
    return values


@torch.no_grad()
def evaluate(module: nn.Module, loss: LossFunction, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
    """Return mean loss and accuracy (0 to 1) with dropout off and running statistics in use; changes nothing."""
    module.eval()
    total, correct = 0.0, 0
    batch = evaluation_batch(inputs[0].numel())
    for some_inputs, some_targets in zip(torch.split(inputs, batch), torch.split(targets, batch), strict=True):
        outputs = module(some_inputs)
        total += loss(outputs, some_targets).item() * len(some_targets)
        correct += int((outputs.argmax(dim=1) == some_targets).sum().item())
    module.train()
    return total / len(targets), correct / len(targets)
