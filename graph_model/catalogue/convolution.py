"""Convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, Needs, TorchCall, size_text
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Size

IMAGES = "feature maps: (batch, channels, height, width)"
SIGNALS = "signals: (batch, channels, length)"
ARGUMENTS = ("out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
OPERATOR = OnnxOperator(
    "Conv",
    attributes={
        "kernel_shape": "kernel_size",
        "strides": "stride",
        "pads": "padding",
        "dilations": "dilation",
        "group": "groups",
    },
    weights=("weight", "bias"),
)


class Convolution(Kind):
    """Base of the convolutions."""

    family = "Convolution"
    formula = "a = σ(W ∗ x + b)"
    learnable = True

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{size_text(parameters['kernel_size'])}, {parameters['out_channels']}"


class Conv1d(Convolution):
    """A 1-D convolution: each neuron sees a few neighbouring values of a signal, and all fields share their weights.

    Takes (batch, in_channels, length) and gives (batch, out_channels, length').
    """

    out_channels = Integer(default=16, minimum=1, meaning="Number of filters, each giving one feature map.")
    kernel_size = Size(default=3, dimensions=1, meaning="Length of the field that a neuron sees, in steps.")
    stride = Size(default=1, dimensions=1, meaning="Step from one field to the next, in steps.")
    padding = Size(default=0, dimensions=1, minimum=0, meaning="Zeros added at either end of the signal.")
    dilation = Size(default=1, dimensions=1, meaning="Distance between the values that a filter looks at.")
    groups = Integer(default=1, minimum=1, meaning="Groups of channels that are convolved separately.")
    bias = Boolean(default=True, meaning="Whether each filter adds a learned bias b.")
    activation = shared.activation()
    weight_init = shared.weight_initialisation()
    weight_init_std = shared.weight_standard_deviation()
    weight_init_value = shared.weight_value()
    trainable = shared.trainable()
    torch = TorchCall("torch.nn.Conv1d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(3,), words=SIGNALS)


class Conv2d(Convolution):
    """A 2-D convolution: each neuron sees a small field of the image, and all fields share their weights.

    Takes (batch, in_channels, height, width) and gives (batch, out_channels, height', width'). It is a fully
    connected layer made simpler: most wires are cut and the rest share one filter per output channel.
    """

    out_channels = Integer(default=16, minimum=1, meaning="Number of filters, each giving one feature map.")
    kernel_size = Size(default=3, meaning="Height and width of the field that a neuron sees, in pixels.")
    stride = Size(default=1, meaning="Step from one field to the next, in pixels.")
    padding = Size(default=0, minimum=0, meaning="Zeros added on each side of the image, in pixels.")
    dilation = Size(default=1, meaning="Distance between the pixels that a filter looks at.")
    groups = Integer(default=1, minimum=1, meaning="Groups of channels that are convolved separately.")
    bias = Boolean(default=True, meaning="Whether each filter adds a learned bias b.")
    activation = shared.activation()
    weight_init = shared.weight_initialisation()
    weight_init_std = shared.weight_standard_deviation()
    weight_init_value = shared.weight_value()
    trainable = shared.trainable()
    torch = TorchCall("torch.nn.Conv2d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(4,), words=IMAGES)
