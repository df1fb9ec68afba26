"""Changes of shape that leave every value as it is."""

from __future__ import annotations

from graph_model.kind import Kind, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer


class Flatten(Kind):
    """Lays all values of a sample in one row: (batch, 16, 4, 4) becomes (batch, 256).

    Stands between feature maps and a fully connected layer.
    """

    family = "Shape"
    formula = "(batch, …) → (batch, product of …)"
    start_dim = Integer(default=1, minimum=-6, maximum=6, meaning="First axis that is laid flat; 0 is the batch.")
    end_dim = Integer(default=-1, minimum=-6, maximum=6, meaning="Last axis that is laid flat; −1 is the last.")
    torch = TorchCall("torch.nn.Flatten", arguments=("start_dim", "end_dim"))
    onnx = OnnxOperator(emitter="flatten")
