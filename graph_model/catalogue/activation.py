"""Activations: functions applied to the values that pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import order_objection
from graph_model.kind import Kind, TorchCall
from graph_model.objection import CAME, Objection, Shapes
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

    source = "Rumelhart, Hinton, Williams, Learning Representations by Back-Propagating Errors (1986)"
    also_called = ("logistic",)
    formula = "a = 1 / (1 + e⁻ᶻ)"
    torch = TorchCall("torch.nn.Sigmoid")
    onnx = OnnxOperator("Sigmoid")


class Tanh(Activation):
    """Squeezes every value between −1 and 1, centred on 0.

    It is a sigmoid made twice as high and half as wide, and moved down: tanh(z) = 2 σ(2z) − 1, σ the sigmoid. Its slope
    is 1 in the middle and almost 0 far from it.
    """

    source = "LeCun, Bottou, Orr, Müller, Efficient BackProp (1998)"
    also_called = ("hyperbolic tangent",)
    formula = "a = tanh(z)"
    torch = TorchCall("torch.nn.Tanh")
    onnx = OnnxOperator("Tanh")


class ReLU(Activation):
    """Keeps positive values and turns negative ones into 0.

    Its slope is 1 wherever a neuron is active, so gradients do not shrink on their way back.
    """

    source = "Nair, Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010)"
    also_called = ("rectifier", "rectified linear")
    formula = "a = max(0, z)"
    torch = TorchCall("torch.nn.ReLU")
    onnx = OnnxOperator("Relu")


class LeakyReLU(Activation):
    """A ReLU that lets a small part of negative values through, so that no neuron dies for good."""

    source = "Maas, Hannun, Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013)"
    also_called = ("leaky rectifier",)
    formula = "a = z if z > 0 else negative_slope · z"
    negative_slope = Real(default=0.01, meaning="The slope for negative values.")
    torch = TorchCall("torch.nn.LeakyReLU", arguments=("negative_slope",))
    onnx = OnnxOperator("LeakyRelu", attributes={"alpha": "negative_slope"})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['negative_slope']:g}"


class PReLU(Activation):
    """A ReLU whose slope for negative values is learned: one for all values, or one for each channel."""

    source = (
        "He, Zhang, Ren, Sun, Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet "
        "Classification (2015)"
    )
    also_called = ("parametric relu", "learned slope")
    formula = "a = z if z > 0 else w · z,  w learned"
    learnable = True
    num_parameters = Integer(default=1, minimum=1, meaning="Number of learned slopes: 1, or the number of channels.")
    init = Real(default=0.25, meaning="The slope at the start.")
    torch = TorchCall("torch.nn.PReLU", arguments=("num_parameters", "init"))
    onnx = OnnxOperator("PRelu", weights=("weight",))

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        slopes = parameters["num_parameters"]
        if slopes in (1, int((shapes[0] or ())[1])):
            return None
        words = f"has {slopes} slopes: use 1, or the number of channels of {CAME}"
        return Objection(words, {"num_parameters": 1}, label="Learn one slope")


class ELU(Activation):
    """Like a ReLU, but bends smoothly towards −alpha for negative values."""

    source = (
        "Clevert, Unterthiner, Hochreiter, Fast and Accurate Deep Network Learning by Exponential Linear Units (2015)"
    )
    also_called = ("exponential linear",)
    formula = "a = z if z > 0 else alpha · (eᶻ − 1)"
    alpha = Real(default=1.0, meaning="How far below 0 it goes: very negative z give nearly −alpha.")
    torch = TorchCall("torch.nn.ELU", arguments=("alpha",))
    onnx = OnnxOperator("Elu", attributes={"alpha": "alpha"})


class GELU(Activation):
    """A smooth ReLU: each value times the share of a normal distribution that lies below it.

    Φ(z) is that share: how likely a number of the normal distribution with mean 0 and variance 1 is smaller than z.
    """

    source = "Hendrycks, Gimpel, Gaussian Error Linear Units (2016)"
    also_called = ("gaussian error linear",)
    formula = "a = z · Φ(z)"
    approximate = Choice(
        default="none",
        choices=("none", "tanh"),
        meaning="none: exact, by the error function. tanh: nearly the same, "
        "z/2 · (1 + tanh(√(2/π) · (z + 0.044715 z³))).",
    )
    torch = TorchCall("torch.nn.GELU", arguments=("approximate",))
    onnx = OnnxOperator("Gelu", attributes={"approximate": "approximate"})


class CELU(Activation):
    """An ELU whose slope has no jump, whatever alpha is."""

    source = "Barron, Continuously Differentiable Exponential Linear Units (2017)"
    also_called = ("continuous elu",)
    formula = "a = max(0, z) + min(0, alpha · (e^(z/alpha) − 1))"
    alpha = Real(default=1.0, minimum=0.0, exclusive_minimum=True, meaning="Very negative z give nearly −alpha.")
    torch = TorchCall("torch.nn.CELU", arguments=("alpha",))
    onnx = OnnxOperator("Celu", attributes={"alpha": "alpha"})


class SELU(Activation):
    """An ELU of such a scale that values stay near mean 0 and variance 1 through many layers.

    That holds for weights that start with variance 1 / inputs; AlphaDropout keeps it as well.
    """

    also_called = ("self-normalizing", "scaled elu")
    formula = "a = 1.0507 · (z if z > 0 else 1.6733 · (eᶻ − 1))"
    source = "Klambauer et al., Self-Normalizing Neural Networks (2017)"
    torch = TorchCall("torch.nn.SELU")
    onnx = OnnxOperator("Selu")


class RReLU(Activation):
    """A LeakyReLU whose slope for negative values is drawn anew for each value while training.

    Takes and gives (batch, …). Once trained the slope is the mean of the two limits. The noise keeps a network from
    learning its examples by heart.
    """

    also_called = ("randomized relu",)
    elementwise = False
    formula = "a = z if z > 0 else r · z, r between lower and upper"
    source = "Xu et al., Empirical Evaluation of Rectified Activations in Convolutional Network (2015)"
    lower = Real(default=1 / 8, minimum=0.0, meaning="The smallest slope that is drawn.")
    upper = Real(default=1 / 3, minimum=0.0, meaning="The largest slope that is drawn.")
    torch = TorchCall("torch.nn.RReLU", arguments=("lower", "upper"))
    onnx = OnnxOperator(emitter="activation.rrelu")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        words = f"lower = {parameters['lower']:g} that is not above upper = {parameters['upper']:g}"
        return order_objection(parameters, "lower", "upper", words, may_equal=True)


class SiLU(Activation):
    """A smooth ReLU: each value times its own sigmoid. Also called swish."""

    also_called = ("swish",)
    formula = "a = z · σ(z), σ the sigmoid"
    source = (
        "Hendrycks, Gimpel, Gaussian Error Linear Units (2016); Ramachandran, Zoph, Le, Searching for Activation "
        "Functions (2017)"
    )
    torch = TorchCall("torch.nn.SiLU")
    onnx = OnnxOperator(emitter="activation.silu")


class Mish(Activation):
    """A smooth ReLU that dips a little below 0 before it approaches 0 for negative values."""

    also_called = ("smooth relu",)
    formula = "a = z · tanh(ln(1 + eᶻ))"
    source = "Misra, Mish: A Self Regularized Non-Monotonic Activation Function (2019)"
    torch = TorchCall("torch.nn.Mish")
    onnx = OnnxOperator("Mish")


class Softplus(Activation):
    """A ReLU with a rounded corner, always above 0.

    Its slope is the sigmoid. Where beta · z is above threshold, a = z, so that no number becomes too large.
    """

    source = "Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing (2001)"
    also_called = ("smooth relu",)
    formula = "a = ln(1 + e^(beta · z)) / beta"
    beta = Real(
        default=1.0,
        minimum=0.0,
        exclusive_minimum=True,
        meaning="How sharp the corner is: the larger, the closer to a ReLU.",
    )
    threshold = Real(default=20.0, meaning="Where beta · z is larger than this, z passes unchanged.")
    torch = TorchCall("torch.nn.Softplus", arguments=("beta", "threshold"))
    onnx = OnnxOperator(emitter="activation.softplus")


class LogSigmoid(Activation):
    """The logarithm of the sigmoid: always below 0, and close to z itself for negative values."""

    also_called = ("log sigmoid",)
    formula = "a = ln(1 / (1 + e⁻ᶻ))"
    torch = TorchCall("torch.nn.LogSigmoid")
    onnx = OnnxOperator(emitter="activation.log_sigmoid")


class Softsign(Activation):
    """Squeezes every value between −1 and 1 like tanh, but approaches its limits more slowly."""

    also_called = ("soft sign",)
    formula = "a = z / (1 + |z|)"
    source = "Bergstra et al., Quadratic Polynomials Learn Better Image Features (2009)"
    torch = TorchCall("torch.nn.Softsign")
    onnx = OnnxOperator("Softsign")


class Tanhshrink(Activation):
    """What tanh takes away from each value: almost 0 near 0, and close to z ∓ 1 far from it."""

    also_called = ("tanh shrinkage",)
    formula = "a = z − tanh(z)"
    torch = TorchCall("torch.nn.Tanhshrink")
    onnx = OnnxOperator(emitter="activation.tanhshrink")
