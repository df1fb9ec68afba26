"""Activations that look at several values at once: along an axis, or in pairs."""

from __future__ import annotations

from graph_model.catalogue.activation import Activation
from graph_model.kind import Needs, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer


class AlongAnAxis(Activation):
    """Base of those that take all values along one axis together."""

    elementwise = False
    dim = Integer(
        default=-1, minimum=-5, maximum=5, meaning="The axis along which values belong together; −1: the last."
    )
    needs = Needs(axis="dim")


class Softmax(AlongAnAxis):
    """Turns numbers into confidences: each between 0 and 1, all of an example summing to 1.

    The cross-entropy loss recognises it at the end of a network and takes −ln of the confidence of the right
    class.
    """

    formula = "aᵢ = e^zᵢ / Σⱼ e^zⱼ"
    torch = TorchCall("torch.nn.Softmax", arguments=("dim",))
    onnx = OnnxOperator("Softmax", attributes={"axis": "dim"})


class Softmin(AlongAnAxis):
    """A softmax of the negative values: the smallest number gets the largest confidence."""

    formula = "aᵢ = e^−zᵢ / Σⱼ e^−zⱼ"
    torch = TorchCall("torch.nn.Softmin", arguments=("dim",))
    onnx = OnnxOperator(emitter="activation.softmin")


class LogSoftmax(AlongAnAxis):
    """The logarithm of the softmax, computed in one step, so that no confidence is rounded to 0."""

    formula = "aᵢ = zᵢ − ln Σⱼ e^zⱼ"
    torch = TorchCall("torch.nn.LogSoftmax", arguments=("dim",))
    onnx = OnnxOperator("LogSoftmax", attributes={"axis": "dim"})


class Softmax2d(Activation):
    """A softmax over the channels at each place of an image: what is there, place by place.

    Takes (batch, channels, height, width).
    """

    elementwise = False
    formula = "aᵢ = e^zᵢ / Σⱼ e^zⱼ, over the channels i, j of one place"
    torch = TorchCall("torch.nn.Softmax2d")
    onnx = OnnxOperator("Softmax", fixed={"axis": 1})
    needs = Needs(ranks=(4,), words="an image for each sample: (batch, channels, height, width)")


class GLU(Activation):
    """A gated linear unit: the second half of an axis says, through a sigmoid, how much of the first half passes.

    The axis becomes half as long; its size must be even.
    """

    elementwise = False
    formula = "a = first half · σ(second half), σ the sigmoid"
    source = "Dauphin et al., Language Modeling with Gated Convolutional Networks (2016)"
    dim = Integer(default=-1, minimum=-5, maximum=5, meaning="The axis that is halved; −1: the last.")
    torch = TorchCall("torch.nn.GLU", arguments=("dim",))
    onnx = OnnxOperator(emitter="activation.glu")
    needs = Needs(axis="dim", refusal="an even size along axis {dim}, which it halves")
