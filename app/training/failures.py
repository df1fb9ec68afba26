"""When a step fails: which node it was, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy
import torch

from app.training.statistics import Array
from compiler.blame import first_bad
from compiler.compiled_network import CompiledNetwork
from compiler.layers import Layer
from graph_model import TrainingError


class NumbersFailed(TrainingError):
    """The loss or a gradient is no finite number any more; the step was not taken."""


class NodeFailed(TrainingError):
    """A node of the drawing raised; `node` is its name."""

    def __init__(self, message: str, node: str | None) -> None:
        super().__init__(message)
        self.node = node


def node_failed(module: CompiledNetwork, inputs: Sequence[torch.Tensor], error: Exception) -> NodeFailed:
    """Return the error of the node that raises for these inputs, or of the backward pass."""
    bad = first_bad(module, inputs)
    if bad is not None:
        return NodeFailed(bad[1], bad[0])
    return NodeFailed(f"The backward pass failed: {str(error).strip().partition(chr(10))[0]}", None)


def numbers_failed(
    module: CompiledNetwork,
    layers: Sequence[Layer],
    inputs: Sequence[torch.Tensor],
    step: int,
    loss: float,
    statistics: Array,
) -> NumbersFailed:
    """Return the error of a step whose loss or statistics (3, layers) are not finite: the first layer to blame."""
    where = f"At step {step}"
    cure = "Try a smaller learning rate. The weights are as they were before this step."
    bad = first_bad(module, inputs)
    if bad is not None:
        return NumbersFailed(f"{where}, {bad[1]} It is the first layer that did. {cure}")
    broken = [
        layer.name for layer, column in zip(layers, statistics.T, strict=True) if not numpy.isfinite(column).all()
    ]
    if math.isfinite(loss) and broken:
        return NumbersFailed(f"{where}, the gradient of '{broken[-1]}' is not a finite number. {cure}")
    return NumbersFailed(f"{where}, the loss is not a finite number ({loss}). {cure}")
