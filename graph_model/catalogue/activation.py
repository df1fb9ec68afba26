"""Activations: functions applied to the values that pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.kind import Kind, Needs, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Choice, Integer, Real


class Activation(Kind):
    """Base of the activations: any shape in, the same shape out."""

    family = "Activation"
    elementwise = True


class Sigmoid(Activation):
    """Squeezes every value between 0 and 1.

    Its slope is at most 1/4 and almost 0 far from the middle: through many layers of it, gradients vanish.
    """

    formula = "a = 1 / (1 + e⁻ᶻ)"
    torch = TorchCall("torch.nn.Sigmoid")
    onnx = OnnxOperator("Sigmoid")


class Tanh(Activation):
    """Squeezes every value between −1 and 1, centred on 0."""

    formula = "a = tanh(z)"
    torch = TorchCall("torch.nn.Tanh")
    onnx = OnnxOperator("Tanh")


class ReLU(Activation):
    """Keeps positive values and turns negative ones into 0.

    Its slope is 1 wherever a neuron is active, so gradients do not shrink on their way back.
    """

    formula = "a = max(0, z)"
    torch = TorchCall("torch.nn.ReLU")
    onnx = OnnxOperator("Relu")


class LeakyReLU(Activation):
    """A ReLU that lets a small part of negative values through, so that no neuron dies for good."""

    formula = "a = z if z > 0 else negative_slope · z"
    negative_slope = Real(default=0.01, meaning="The slope for negative values.")
    torch = TorchCall("torch.nn.LeakyReLU", arguments=("negative_slope",))
    onnx = OnnxOperator("LeakyRelu", attributes={"alpha": "negative_slope"})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['negative_slope']:g}"


class PReLU(Activation):
    """A ReLU whose slope for negative values is learned: one for all values, or one for each channel.

    Source: He, Zhang, Ren, Sun, Delving Deep into Rectifiers (2015).
    """

    formula = "a = z if z > 0 else w · z"
    learnable = True
    num_parameters = Integer(default=1, minimum=1, meaning="Number of learned slopes: 1, or the number of channels.")
    init = Real(default=0.25, meaning="The slope at the start.")
    torch = TorchCall("torch.nn.PReLU", arguments=("num_parameters", "init"))
    onnx = OnnxOperator("PRelu", weights=("weight",))


class ELU(Activation):
    """Like a ReLU, but bends smoothly towards −alpha for negative values."""

    formula = "a = z if z > 0 else alpha · (eᶻ − 1)"
    alpha = Real(default=1.0, meaning="The value −alpha is approached for very negative z.")
    torch = TorchCall("torch.nn.ELU", arguments=("alpha",))
    onnx = OnnxOperator("Elu", attributes={"alpha": "alpha"})


class GELU(Activation):
    """A smooth ReLU: each value times the share of a normal distribution that lies below it."""

    formula = "a = z · Φ(z)"
    approximate = Choice(default="none", choices=("none", "tanh"), meaning="none: exact; tanh: a faster formula.")
    torch = TorchCall("torch.nn.GELU", arguments=("approximate",))
    onnx = OnnxOperator("Gelu", attributes={"approximate": "approximate"})


class Softmax(Activation):
    """Turns numbers into confidences: each between 0 and 1, all of an example summing to 1.

    The cross-entropy loss recognises it at the end of a network and takes −ln of the confidence of the right
    class.
    """

    elementwise = False
    formula = "aᵢ = e^zᵢ / Σⱼ e^zⱼ"
    dim = Integer(default=1, minimum=-5, maximum=5, meaning="The axis whose values sum to 1; 0 is the batch.")
    torch = TorchCall("torch.nn.Softmax", arguments=("dim",))
    needs = Needs(axis="dim")
    onnx = OnnxOperator("Softmax", attributes={"axis": "dim"})
