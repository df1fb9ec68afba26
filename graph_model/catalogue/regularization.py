"""What keeps a network from learning its examples by heart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.kind import Kind, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Real


class Dropout(Kind):
    """While training, sets each value to 0 with probability p and scales the rest by 1 / (1 − p).

    Every minibatch so trains a thinner network; when the network is used, nothing is dropped.
    """

    family = "Regularization"
    formula = "a = x · mask / (1 − p)"
    source = "Hung-yi Lee, Tips for Deep Learning"
    p = Real(default=0.5, minimum=0.0, maximum=1.0, meaning="Probability that a value is dropped.")
    torch = TorchCall("torch.nn.Dropout", arguments=("p",))
    onnx = OnnxOperator(emitter="regularization.dropout")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"p = {parameters['p']:g}"
