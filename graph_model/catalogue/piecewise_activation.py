"""Activations made of straight pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import order_objection
from graph_model.catalogue.activation import Activation
from graph_model.kind import TorchCall
from graph_model.objection import Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Real


class Hardsigmoid(Activation):
    """A sigmoid of three straight pieces: 0, then a slope, then 1.

    A hard sigmoid is the difference of two ReLUs, and any piecewise-linear curve is a constant plus a sum of hard
    sigmoids: so one hidden layer with enough neurons comes as close as wanted to any continuous function.
    """

    also_called = ("hard sigmoid", "piecewise linear")
    formula = "a = min(1, max(0, z/6 + 1/2))"
    source = "Howard et al., Searching for MobileNetV3 (2019); Hung-yi Lee, Why Deep Structure?"
    torch = TorchCall("torch.nn.Hardsigmoid")
    onnx = OnnxOperator("HardSigmoid", fixed={"alpha": 1 / 6, "beta": 0.5})


class Hardtanh(Activation):
    """A tanh of three straight pieces: values between the limits pass, others become the limit."""

    also_called = ("hard tanh", "clip")
    formula = "a = min(max_val, max(min_val, z))"
    source = "Collobert et al., Natural Language Processing (Almost) from Scratch (2011)"
    min_val = Real(default=-1.0, meaning="The smallest value that passes.")
    max_val = Real(default=1.0, meaning="The largest value that passes.")
    torch = TorchCall("torch.nn.Hardtanh", arguments=("min_val", "max_val"))
    onnx = OnnxOperator(emitter="activation.hardtanh")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        words = f"min_val = {parameters['min_val']:g} below max_val = {parameters['max_val']:g}"
        return order_objection(parameters, "min_val", "max_val", words, may_equal=False)


class ReLU6(Activation):
    """A ReLU that is never above 6, so that numbers of few bits suffice; MobileNetV2 uses it."""

    also_called = ("clipped relu",)
    formula = "a = min(6, max(0, z))"
    source = "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10 (2010)"
    torch = TorchCall("torch.nn.ReLU6")
    onnx = OnnxOperator(emitter="activation.relu6")


class Hardswish(Activation):
    """A SiLU with a hard sigmoid instead of the sigmoid: cheap on small devices."""

    also_called = ("hard swish",)
    formula = "a = z · min(1, max(0, z/6 + 1/2))"
    source = "Howard et al., Searching for MobileNetV3 (2019)"
    torch = TorchCall("torch.nn.Hardswish")
    onnx = OnnxOperator("HardSwish")


class Hardshrink(Activation):
    """Turns small values into 0 and lets the others pass unchanged."""

    also_called = ("hard thresholding",)
    formula = "a = z if |z| > lambd else 0"
    source = "Donoho, Johnstone, Ideal Spatial Adaptation by Wavelet Shrinkage (1994)"
    lambd = Real(default=0.5, minimum=0.0, meaning="The size up to which a value becomes 0.")
    torch = TorchCall("torch.nn.Hardshrink", arguments=("lambd",))
    onnx = OnnxOperator("Shrink", attributes={"lambd": "lambd"}, fixed={"bias": 0.0})


class Softshrink(Activation):
    """Turns small values into 0 and brings the others as much closer to 0.

    It is what an L1 penalty does to a weight in one (proximal) step: all shrink alike, and small ones become exactly 0.
    """

    source = "Donoho, De-Noising by Soft-Thresholding (1995)"
    also_called = ("soft thresholding",)
    formula = "a = z − lambd if z > lambd, z + lambd if z < −lambd, else 0"
    lambd = Real(default=0.5, minimum=0.0, meaning="The size up to which a value becomes 0.")
    torch = TorchCall("torch.nn.Softshrink", arguments=("lambd",))
    onnx = OnnxOperator("Shrink", attributes={"lambd": "lambd", "bias": "lambd"})


class Threshold(Activation):
    """Lets values above a threshold pass and gives a fixed value in place of all others.

    With threshold and value 0 it is a ReLU.
    """

    also_called = ("cut off",)
    formula = "a = z if z > threshold else value"
    threshold = Real(default=0.5, meaning="The value above which z passes.")
    value = Real(default=0.0, meaning="What stands in place of what does not pass.")
    torch = TorchCall("torch.nn.Threshold", arguments=("threshold", "value"))
    onnx = OnnxOperator(emitter="activation.threshold")
