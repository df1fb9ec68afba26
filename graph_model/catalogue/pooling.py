"""Pooling: neighbouring values of a feature map become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue.convolution import IMAGES, SIGNALS
from graph_model.kind import Kind, Needs, TorchCall, size_text
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Size

CEIL_MODE = "Whether a last, incomplete field at the border still gives a value."


MAX_ARGUMENTS = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
MAX_OPERATOR = OnnxOperator(
    "MaxPool",
    attributes={
        "kernel_shape": "kernel_size",
        "strides": "stride",
        "pads": "padding",
        "dilations": "dilation",
        "ceil_mode": "ceil_mode",
    },
)
MEAN_ARGUMENTS = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
MEAN_OPERATOR = OnnxOperator(
    "AveragePool",
    attributes={
        "kernel_shape": "kernel_size",
        "strides": "stride",
        "pads": "padding",
        "ceil_mode": "ceil_mode",
        "count_include_pad": "count_include_pad",
    },
)


class Pooling(Kind):
    """Base of the poolings over fields of a fixed size."""

    family = "Pooling"

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return size_text(parameters["kernel_size"])


class MaxPool1d(Pooling):
    """Keeps the largest value of each field of a signal.

    Takes (batch, channels, length); the length shrinks by the stride, which is the kernel size unless it is given.
    """

    formula = "a = max over the field"
    kernel_size = Size(default=2, dimensions=1, meaning="Length of a field, in steps.")
    stride = Size(
        default=None, dimensions=1, optional=True, meaning="Step between fields, in steps; empty: the kernel size."
    )
    padding = Size(default=0, dimensions=1, minimum=0, meaning="Border added at either end: at most half the kernel.")
    dilation = Size(default=1, dimensions=1, meaning="Distance between the values of a field.")
    ceil_mode = Boolean(default=False, meaning=CEIL_MODE)
    torch = TorchCall("torch.nn.MaxPool1d", arguments=MAX_ARGUMENTS)
    onnx = MAX_OPERATOR
    needs = Needs(ranks=(3,), words=SIGNALS)


class MaxPool2d(Pooling):
    """Keeps the largest value of each field of a feature map.

    Takes (batch, channels, height, width); height and width shrink by the stride, which is the kernel size
    unless it is given.
    """

    formula = "a = max over the field"
    kernel_size = Size(default=2, meaning="Height and width of a field, in pixels.")
    stride = Size(default=None, optional=True, meaning="Step between fields, in pixels; empty: the kernel size.")
    padding = Size(default=0, minimum=0, meaning="Border added on each side, in pixels: at most half the kernel.")
    dilation = Size(default=1, meaning="Distance between the pixels of a field.")
    ceil_mode = Boolean(default=False, meaning=CEIL_MODE)
    torch = TorchCall("torch.nn.MaxPool2d", arguments=MAX_ARGUMENTS)
    onnx = MAX_OPERATOR
    needs = Needs(ranks=(4,), words=IMAGES)


class AvgPool1d(Pooling):
    """Keeps the mean of each field of a signal.

    Takes (batch, channels, length); the length shrinks by the stride, which is the kernel size unless it is given.
    """

    formula = "a = mean over the field"
    kernel_size = Size(default=2, dimensions=1, meaning="Length of a field, in steps.")
    stride = Size(
        default=None, dimensions=1, optional=True, meaning="Step between fields, in steps; empty: the kernel size."
    )
    padding = Size(default=0, dimensions=1, minimum=0, meaning="Zeros added at either end: at most half the kernel.")
    ceil_mode = Boolean(default=False, meaning=CEIL_MODE)
    count_include_pad = Boolean(default=True, meaning="Whether the zeros of the padding count in the mean.")
    torch = TorchCall("torch.nn.AvgPool1d", arguments=MEAN_ARGUMENTS)
    onnx = MEAN_OPERATOR
    needs = Needs(ranks=(3,), words=SIGNALS)


class AvgPool2d(Pooling):
    """Keeps the mean of each field of a feature map.

    Takes (batch, channels, height, width); height and width shrink by the stride, which is the kernel size
    unless it is given.
    """

    formula = "a = mean over the field"
    kernel_size = Size(default=2, meaning="Height and width of a field, in pixels.")
    stride = Size(default=None, optional=True, meaning="Step between fields, in pixels; empty: the kernel size.")
    padding = Size(default=0, minimum=0, meaning="Zeros added on each side, in pixels: at most half the kernel.")
    ceil_mode = Boolean(default=False, meaning=CEIL_MODE)
    count_include_pad = Boolean(default=True, meaning="Whether the zeros of the padding count in the mean.")
    torch = TorchCall("torch.nn.AvgPool2d", arguments=MEAN_ARGUMENTS)
    onnx = MEAN_OPERATOR
    needs = Needs(ranks=(4,), words=IMAGES)


class AdaptiveAvgPool2d(Kind):
    """Averages a feature map down to a fixed size, whatever its own.

    Takes (batch, channels, height, width) and gives (batch, channels, *output_size).
    """

    family = "Pooling"
    formula = "a = mean over fields that tile the map"
    output_size = Size(default=1, meaning="Height and width of the result, in pixels.")
    torch = TorchCall("torch.nn.AdaptiveAvgPool2d", arguments=("output_size",))
    onnx = OnnxOperator(emitter="pooling.adaptive_average_pool")
    needs = Needs(ranks=(4,), words=IMAGES)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return size_text(parameters["output_size"])
