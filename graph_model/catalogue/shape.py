"""Changes of shape that leave every value as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.kind import Kind, Needs, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer, Shape


class Flatten(Kind):
    """Lays all values of a sample in one row: (batch, 16, 4, 4) becomes (batch, 256).

    Stands between feature maps and a fully connected layer.
    """

    family = "Shape"
    formula = "(batch, …) → (batch, product of …)"
    start_dim = Integer(default=1, minimum=-6, maximum=6, meaning="First axis that is laid flat; 0 is the batch.")
    end_dim = Integer(default=-1, minimum=-6, maximum=6, meaning="Last axis that is laid flat; −1 is the last.")
    torch = TorchCall("torch.nn.Flatten", arguments=("start_dim", "end_dim"))
    onnx = OnnxOperator(emitter="shapes.flatten")


class Unflatten(Kind):
    """Folds one axis into several: (batch, 32) becomes (batch, 2, 4, 4).

    Neurons that are wired here are laid side by side in the order of connecting, then row after row, map after map.
    """

    family = "Shape"
    formula = "(batch, product of …) → (batch, …)"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis that is folded; 0 is the batch.")
    unflattened_size = Shape(default=[1, 8, 8], meaning="The axes that it becomes, e.g. [2, 4, 4].")
    torch = TorchCall("torch.nn.Unflatten", arguments=("dim", "unflattened_size"))
    onnx = OnnxOperator(emitter="shapes.reshape")
    needs = Needs(axis="dim")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join(str(size) for size in parameters["unflattened_size"])
