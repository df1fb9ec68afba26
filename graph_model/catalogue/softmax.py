"""Activations that look at several values at once: along an axis, or in pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import axis_objection, enlarging
from graph_model.catalogue.activation import Activation
from graph_model.kind import TorchCall
from graph_model.objection import CAME, Insertion, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer

CONFIDENCES = (
    "Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to "
    "Statistical Pattern Recognition (1990)"
)


class AlongAnAxis(Activation):
    """Base of those that take all values along one axis together."""

    elementwise = False
    dim = Integer(
        default=-1, minimum=-5, maximum=5, meaning="The axis along which values belong together; −1: the last."
    )

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return axis_objection(shapes, parameters["dim"])


class Softmax(AlongAnAxis):
    """Turns numbers into confidences: each between 0 and 1, all of an example summing to 1.

    Takes and gives (batch, …). The cross-entropy loss recognises it at the end of a network and takes −ln of the
    confidence of the right class.
    """

    source = CONFIDENCES
    also_called = ("confidences", "probabilities", "classifier")
    formula = "aᵢ = e^zᵢ / Σⱼ e^zⱼ"
    torch = TorchCall("torch.nn.Softmax", arguments=("dim",))
    onnx = OnnxOperator("Softmax", attributes={"axis": "dim"})


class Softmin(AlongAnAxis):
    """A softmax of the negative values: the smallest number gets the largest confidence.

    Takes and gives (batch, …).
    """

    also_called = ("soft minimum",)
    formula = "aᵢ = e^−zᵢ / Σⱼ e^−zⱼ"
    source = CONFIDENCES
    torch = TorchCall("torch.nn.Softmin", arguments=("dim",))
    onnx = OnnxOperator(emitter="activation.softmin")


class LogSoftmax(AlongAnAxis):
    """The logarithm of the softmax, computed in one step, so that no confidence is rounded to 0.

    Takes and gives (batch, …).
    """

    also_called = ("log probabilities",)
    formula = "aᵢ = zᵢ − ln Σⱼ e^zⱼ"
    source = CONFIDENCES
    torch = TorchCall("torch.nn.LogSoftmax", arguments=("dim",))
    onnx = OnnxOperator("LogSoftmax", attributes={"axis": "dim"})


class Softmax2d(Activation):
    """A softmax over the channels at each place of an image: what is there, place by place.

    Takes and gives (batch, channels, height, width).
    """

    also_called = ("pixel classifier",)
    elementwise = False
    formula = "aᵢ = e^zᵢ / Σⱼ e^zⱼ, over the channels i, j of one place"
    source = "Long, Shelhamer, Darrell, Fully Convolutional Networks for Semantic Segmentation (2015)"
    torch = TorchCall("torch.nn.Softmax2d")
    onnx = OnnxOperator("Softmax", fixed={"axis": 1})
    needs = Needs(ranks=(4,), words="an image for each sample: (batch, channels, height, width)")


class GLU(Activation):
    """A gated linear unit: the second half of an axis says how much of the first half passes.

    Takes (batch, …) and gives it with the axis half as long; its size must be even.
    """

    also_called = ("gated linear unit",)
    elementwise = False
    formula = "a = first half · σ(second half), σ the sigmoid"
    source = "Dauphin et al., Language Modeling with Gated Convolutional Networks (2016)"
    dim = Integer(default=-1, minimum=-5, maximum=5, meaning="The axis that is halved; −1: the last.")
    torch = TorchCall("torch.nn.GLU", arguments=("dim",))
    onnx = OnnxOperator(emitter="activation.glu")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape, dim = shapes[0] or (), parameters["dim"]
        even = [axis for axis in range(len(shape) - 1, 0, -1) if int(shape[axis]) % 2 == 0]
        wrong = axis_objection(shapes, dim, even[0] if even else None)
        if wrong is not None or int(shape[dim]) % 2 == 0:
            return wrong
        words = f"receives {CAME}, but needs an even size along axis {dim}, which it halves"
        if even:
            return Objection(words, {"dim": even[0]})
        axis, size = dim % len(shape), int(shape[dim])
        if size > 1:
            return Objection(words, insertion=Insertion(0, "Slice", {"dim": axis, "stop": size - 1}))
        return Objection(words, insertion=enlarging(shape, axis, 2))
