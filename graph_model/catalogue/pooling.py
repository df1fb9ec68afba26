"""Pooling: neighbouring values of a feature map become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from graph_model.catalogue import fields
from graph_model.catalogue.fields import IMAGES, SIGNALS, VOLUMES
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Real

WITH_INDICES = (
    Port("output", meaning="The largest value of each field."),
    Port("indices", indices=True, meaning="Where in its map each largest value stood."),
)
MAX_ARGUMENTS = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
MEAN_ARGUMENTS = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
POWER_ARGUMENTS = ("norm_type", "kernel_size", "stride", "ceil_mode")


class Pooling(Kind):
    """Base of the poolings over fields of a fixed size."""

    family = "Pooling"
    padding_counts: ClassVar[bool] = True
    """Whether a field may be larger than the map alone, and reach over its border."""

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return self.written_size("kernel_size", parameters)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape = shapes[0]
        if shape is None:
            return None
        if "padding" in parameters:
            half = fields.half_kernel_objection(parameters, len(shape) - 2)
            if half is not None:
                return half
        return fields.field_objection(parameters, shape, in_padding=self.padding_counts)


class GivesIndices(Kind):
    """Base of the poolings that can say where each largest value stood."""

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        return self.with_ports(outputs=WITH_INDICES) if parameters["return_indices"] else self


class MaxPooling(Pooling, GivesIndices):
    """Base of the poolings that keep the largest value: the parameters of the 2-D one."""

    formula = "a = max over the field"
    source = (
        "Scherer, Müller, Behnke, Evaluation of Pooling Operations in Convolutional Architectures for Object "
        "Recognition (2010)"
    )
    kernel_size = fields.kernel_size(2)
    stride = fields.stride(2)
    padding = fields.pooling_padding(2, "Border of −∞, which is never the largest,")
    dilation = fields.dilation(2)
    return_indices = fields.return_indices()
    ceil_mode = fields.ceil_mode()
    onnx = OnnxOperator(
        "MaxPool",
        attributes={
            "kernel_shape": "kernel_size",
            "strides": "stride",
            "pads": "padding",
            "dilations": "dilation",
            "ceil_mode": "ceil_mode",
        },
        emitter="pooling.largest",
    )


class MaxPool1d(MaxPooling):
    """Keeps the largest value of each field of a signal.

    Takes (batch, channels, length); the length shrinks by the stride, which is the kernel size unless it is given.
    """

    also_called = ("max pooling", "subsampling")
    kernel_size = fields.kernel_size(1)
    stride = fields.stride(1)
    padding = fields.pooling_padding(1, "Border of −∞, which is never the largest,")
    dilation = fields.dilation(1)
    torch = TorchCall("torch.nn.MaxPool1d", arguments=MAX_ARGUMENTS)
    needs = Needs(ranks=(3,), words=SIGNALS)


class MaxPool2d(MaxPooling):
    """Keeps the largest value of each field of a feature map.

    Takes (batch, channels, height, width); height and width shrink by the stride, which is the kernel size
    unless it is given.
    """

    also_called = ("max pooling", "subsampling")
    torch = TorchCall("torch.nn.MaxPool2d", arguments=MAX_ARGUMENTS)
    needs = Needs(ranks=(4,), words=IMAGES)


class MaxPool3d(MaxPooling):
    """Keeps the largest value of each field of a volume.

    Takes (batch, channels, depth, height, width); these shrink by the stride, which is the kernel size unless it is
    given.
    """

    also_called = ("max pooling", "subsampling")
    kernel_size = fields.kernel_size(3)
    stride = fields.stride(3)
    padding = fields.pooling_padding(3, "Border of −∞, which is never the largest,")
    dilation = fields.dilation(3)
    torch = TorchCall("torch.nn.MaxPool3d", arguments=MAX_ARGUMENTS)
    needs = Needs(ranks=(5,), words=VOLUMES)


class AveragePooling(Pooling):
    """Base of the poolings that keep the mean: the parameters of the 2-D one."""

    formula = "a = mean over the field"
    source = "LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998)"
    kernel_size = fields.kernel_size(2)
    stride = fields.stride(2)
    padding = fields.pooling_padding(2, "Zeros")
    ceil_mode = fields.ceil_mode()
    count_include_pad = Boolean(
        default=True,
        meaning="Whether the zeros of the padding count in the mean; else it is that of the map's values alone.",
    )
    onnx = OnnxOperator(
        "AveragePool",
        attributes={
            "kernel_shape": "kernel_size",
            "strides": "stride",
            "pads": "padding",
            "ceil_mode": "ceil_mode",
            "count_include_pad": "count_include_pad",
        },
        emitter="pooling.mean",
    )


class AvgPool1d(AveragePooling):
    """Keeps the mean of each field of a signal.

    Takes (batch, channels, length); the length shrinks by the stride, which is the kernel size unless it is given.
    """

    also_called = ("average pooling", "mean pooling")
    kernel_size = fields.kernel_size(1)
    stride = fields.stride(1)
    padding = fields.pooling_padding(1, "Zeros")
    torch = TorchCall("torch.nn.AvgPool1d", arguments=MEAN_ARGUMENTS)
    needs = Needs(ranks=(3,), words=SIGNALS)


def _divisor() -> Integer:
    meaning = "What the sum of a field is divided by; empty: the number of values that count."
    return Integer(default=None, optional=True, minimum=1, meaning=meaning)


class AvgPool2d(AveragePooling):
    """Keeps the mean of each field of a feature map.

    Takes (batch, channels, height, width); height and width shrink by the stride, which is the kernel size
    unless it is given.
    """

    also_called = ("average pooling", "mean pooling")
    divisor_override = _divisor()
    torch = TorchCall("torch.nn.AvgPool2d", arguments=(*MEAN_ARGUMENTS, "divisor_override"))
    needs = Needs(ranks=(4,), words=IMAGES)


class AvgPool3d(AveragePooling):
    """Keeps the mean of each field of a volume.

    Takes (batch, channels, depth, height, width); these shrink by the stride, which is the kernel size unless it is
    given.
    """

    also_called = ("average pooling", "mean pooling")
    padding_counts = False
    kernel_size = fields.kernel_size(3)
    stride = fields.stride(3)
    padding = fields.pooling_padding(3, "Zeros")
    divisor_override = _divisor()
    torch = TorchCall("torch.nn.AvgPool3d", arguments=(*MEAN_ARGUMENTS, "divisor_override"))
    needs = Needs(ranks=(5,), words=VOLUMES)


class PowerPooling(Pooling):
    """Base of the poolings that keep a power mean: the parameters of the 2-D one."""

    formula = "a = (Σ xᵖ over the field)^(1/p)"
    source = "Hung-yi Lee, lecture Network Structure: L2 pooling"
    norm_type = Real(
        default=2.0,
        minimum=0.0,
        exclusive_minimum=True,
        maximum=100.0,
        meaning="The power p: 1 gives the sum, 2 the L2 norm, and the larger it is the more it resembles the maximum.",
    )
    kernel_size = fields.kernel_size(2)
    stride = fields.stride(2)
    ceil_mode = fields.ceil_mode()
    onnx = OnnxOperator(
        "LpPool",
        attributes={"kernel_shape": "kernel_size", "strides": "stride", "p": "norm_type"},
        emitter="pooling.power_mean",
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{self.written_size('kernel_size', parameters)}, p = {parameters['norm_type']:g}"


class LPPool1d(PowerPooling):
    """Gives the length of each field of a signal, taken as a vector: L2 pooling for p = 2.

    Takes (batch, channels, length). As PyTorch has it, x is not taken positive first: choose an even p, or put a
    ReLU before it.
    """

    also_called = ("l2 pooling", "power pooling")
    kernel_size = fields.kernel_size(1)
    stride = fields.stride(1)
    torch = TorchCall("torch.nn.LPPool1d", arguments=POWER_ARGUMENTS)
    needs = Needs(ranks=(3,), words=SIGNALS)


class LPPool2d(PowerPooling):
    """Gives the length of each field of a feature map, taken as a vector: L2 pooling for p = 2.

    Takes (batch, channels, height, width). It lies between the mean and the maximum. As PyTorch has it, x is not
    taken positive first: choose an even p, or put a ReLU before it.
    """

    also_called = ("l2 pooling", "power pooling")
    torch = TorchCall("torch.nn.LPPool2d", arguments=POWER_ARGUMENTS)
    needs = Needs(ranks=(4,), words=IMAGES)


class LPPool3d(PowerPooling):
    """Gives the length of each field of a volume, taken as a vector: L2 pooling for p = 2.

    Takes (batch, channels, depth, height, width). As PyTorch has it, x is not taken positive first: choose an even
    p, or put a ReLU before it.
    """

    also_called = ("l2 pooling", "power pooling")
    padding_counts = False
    kernel_size = fields.kernel_size(3)
    stride = fields.stride(3)
    torch = TorchCall("torch.nn.LPPool3d", arguments=POWER_ARGUMENTS)
    needs = Needs(ranks=(5,), words=VOLUMES)
