"""Convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.fields import (
    IMAGES,
    SIGNALS,
    VOLUMES,
    along,
    border_objection,
    field_objection,
    groups_objection,
)
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice, Integer, Size

ARGUMENTS = ("out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode")


class Convolution(Kind):
    """Base of the convolutions: the parameters of the 2-D one."""

    family = "Convolution"
    formula = "a = σ(W ∗ x + b)"
    learnable = True
    out_channels = Integer(default=16, minimum=1, meaning="Number of filters, each giving one feature map.")
    kernel_size = Size(default=3, meaning="Height and width of the field that a neuron sees, in pixels.")
    stride = Size(default=1, meaning="Step from one field to the next, in pixels.")
    padding = Size(default=0, minimum=0, meaning="Border added on each side of the image, in pixels.")
    padding_mode = Choice(
        default="zeros",
        choices=("zeros", "reflect", "replicate", "circular"),
        meaning="What the border holds: zeros, the map mirrored, its edge repeated, or its opposite side.",
    )
    dilation = Size(default=1, meaning="Distance between the pixels that a filter looks at; 1: they are neighbours.")
    groups = Integer(
        default=1,
        minimum=1,
        meaning="Into how many groups the channels are split; each filter sees one of them. 1: it sees all channels.",
    )
    bias = Boolean(default=True, meaning="Whether each filter adds a learned bias b.")
    activation = shared.activation()
    weight_init = shared.weight_initialisation()
    weight_init_std = shared.weight_standard_deviation()
    weight_init_value = shared.weight_value()
    trainable = shared.trainable()
    onnx = OnnxOperator(
        "Conv",
        attributes={
            "kernel_shape": "kernel_size",
            "strides": "stride",
            "pads": "padding",
            "dilations": "dilation",
            "group": "groups",
        },
        weights=("weight", "bias"),
        emitter="convolution.convolution",
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{self.written_size('kernel_size', parameters)}, {parameters['out_channels']}"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape = shapes[0]
        if shape is None:
            return None
        padding = along(parameters["padding"], len(shape) - 2)
        return (
            groups_objection(parameters, shape)
            or border_objection(parameters["padding_mode"], padding, shape)
            or field_objection(parameters, shape)
        )


class Conv1d(Convolution):
    """A 1-D convolution: each neuron sees a few values of a signal, and all fields share their weights.

    Takes (batch, in_channels, length) and gives (batch, out_channels, length').
    """

    source = "Waibel et al., Phoneme Recognition Using Time-Delay Neural Networks (1989)"
    also_called = ("convolution", "temporal convolution")
    kernel_size = Size(default=3, dimensions=1, meaning="Length of the field that a neuron sees, in steps.")
    stride = Size(default=1, dimensions=1, meaning="Step from one field to the next, in steps.")
    padding = Size(default=0, dimensions=1, minimum=0, meaning="Border added at either end of the signal, in steps.")
    dilation = Size(default=1, dimensions=1, meaning="Distance between the values that a filter looks at, in steps.")
    torch = TorchCall("torch.nn.Conv1d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    needs = Needs(ranks=(3,), words=SIGNALS)


class Conv2d(Convolution):
    """A 2-D convolution: each neuron sees a small field of the image, and all fields share their weights.

    Takes (batch, in_channels, height, width) and gives (batch, out_channels, height', width'). It is a fully
    connected layer made simpler: most wires are cut and the rest share one filter per output channel. As in PyTorch the
    filter is laid on as it is and not mirrored first, which in mathematics is called a cross-correlation.
    """

    source = "LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998)"
    also_called = ("convolution", "filter")
    torch = TorchCall("torch.nn.Conv2d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    needs = Needs(ranks=(4,), words=IMAGES)


class Conv3d(Convolution):
    """A 3-D convolution: each neuron sees a block of a volume or film, and all blocks share their weights.

    Takes (batch, in_channels, depth, height, width) and gives (batch, out_channels, depth', height', width'). In a
    film the depth is time, so that a filter sees movement.
    """

    source = "Tran et al., Learning Spatiotemporal Features with 3D Convolutional Networks (2015)"
    also_called = ("convolution", "video convolution")
    kernel_size = Size(
        default=3, dimensions=3, meaning="Depth, height and width of the block that a neuron sees, in voxels."
    )
    stride = Size(default=1, dimensions=3, meaning="Step from one block to the next, in voxels.")
    padding = Size(default=0, dimensions=3, minimum=0, meaning="Border added on each side of the volume, in voxels.")
    dilation = Size(default=1, dimensions=3, meaning="Distance between the voxels that a filter looks at.")
    torch = TorchCall("torch.nn.Conv3d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    needs = Needs(ranks=(5,), words=VOLUMES)
