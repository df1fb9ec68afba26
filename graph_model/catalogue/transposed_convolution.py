"""Transposed convolutions: from small feature maps to large ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.fields import IMAGES, NOUNS, SIGNALS, VOLUMES, along, groups_objection, plain
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Size

ARGUMENTS = ("out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias", "dilation")


class TransposedConvolution(Kind):
    """Base of the transposed convolutions: the parameters of the 2-D one."""

    family = "Convolution"
    formula = "a = σ(Wᵀ ∗ x + b)"
    source = "Zeiler et al., Deconvolutional Networks (2010)"
    learnable = True
    out_channels = Integer(default=16, minimum=1, meaning="Number of feature maps that are given.")
    kernel_size = Size(default=3, meaning="Height and width of the patch that each value paints, in pixels.")
    stride = Size(default=1, meaning="Step from one patch to the next, in pixels: how much larger the map becomes.")
    padding = Size(default=0, minimum=0, meaning="What is cut off each side of the result, in pixels.")
    output_padding = Size(
        default=0,
        minimum=0,
        meaning="Rows and columns, in pixels, added at the end only; less than stride or dilation.",
    )
    groups = Integer(default=1, minimum=1, meaning="Groups of channels that are treated separately.")
    bias = Boolean(default=True, meaning="Whether each feature map adds a learned bias b.")
    dilation = Size(default=1, meaning="Distance between the pixels of a patch.")
    activation = shared.activation()
    weight_init = shared.weight_initialisation()
    weight_init_std = shared.weight_standard_deviation()
    weight_init_value = shared.weight_value()
    trainable = shared.trainable()
    onnx = OnnxOperator(
        "ConvTranspose",
        attributes={
            "kernel_shape": "kernel_size",
            "strides": "stride",
            "pads": "padding",
            "output_padding": "output_padding",
            "dilations": "dilation",
            "group": "groups",
        },
        weights=("weight", "bias"),
        emitter="convolution.transposed_convolution",
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{self.written_size('kernel_size', parameters)}, {parameters['out_channels']}"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape = shapes[0]
        if shape is None:
            return None
        return (
            groups_objection(parameters, shape)
            or _output_padding_objection(parameters, len(shape) - 2)
            or _cut_objection(parameters, shape)
        )


def _output_padding_objection(parameters: Mapping[str, Any], axes: int) -> Objection | None:
    names = ("output_padding", "stride", "dilation")
    added, steps, apart = (along(parameters[name], axes) for name in names)
    most = [max(step, distance) - 1 for step, distance in zip(steps, apart, strict=True)]
    if all(one <= limit for one, limit in zip(added, most, strict=True)):
        return None
    fitting = plain([min(one, limit) for one, limit in zip(added, most, strict=True)])
    return Objection(
        f"its output_padding {parameters['output_padding']} must be smaller than its stride or its dilation",
        {"output_padding": fitting},
    )


def _cut_objection(parameters: Mapping[str, Any], shape: Sequence[Any]) -> Objection | None:
    """A padding that cuts off all of the result."""
    axes = len(shape) - 2
    names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    each = zip(shape[2:], *(along(parameters[name], axes) for name in names), strict=True)
    if all(
        (int(size) - 1) * step + apart * (kernel - 1) + 1 + added > 2 * cut
        for size, kernel, step, cut, added, apart in each
    ):
        return None
    return Objection(
        f"its padding {parameters['padding']} cuts off the whole {NOUNS[axes]} that it would give", {"padding": 0}
    )


class ConvTranspose1d(TransposedConvolution):
    """Makes a signal longer: each value paints a learned pattern, and where patterns overlap they add up.

    Takes (batch, in_channels, length) and gives (batch, out_channels, length'). It runs a Conv1d backwards: its shape,
    not its values.
    """

    also_called = ("deconvolution", "transposed convolution")
    kernel_size = Size(default=3, dimensions=1, meaning="Length of the pattern that each value paints, in steps.")
    stride = Size(
        default=1, dimensions=1, meaning="Step from one pattern to the next: how many times more steps it has."
    )
    padding = Size(default=0, dimensions=1, minimum=0, meaning="What is cut off either end of the result, in steps.")
    output_padding = Size(
        default=0, dimensions=1, minimum=0, meaning="Steps added at the end only; less than stride or dilation."
    )
    dilation = Size(default=1, dimensions=1, meaning="Distance between the values of a pattern, in steps.")
    torch = TorchCall("torch.nn.ConvTranspose1d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    needs = Needs(ranks=(3,), words=SIGNALS)


class ConvTranspose2d(TransposedConvolution):
    """Makes feature maps larger: each value paints a learned patch, and where patches overlap they add up.

    Takes (batch, in_channels, height, width) and gives (batch, out_channels, height', width'). It is what a Conv2d does
    to gradients on the way back; decoders and generators are built of it. With a kernel_size that the stride does not
    divide, the overlaps show as a chessboard.
    """

    also_called = ("deconvolution", "transposed convolution", "up-convolution")
    torch = TorchCall("torch.nn.ConvTranspose2d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    needs = Needs(ranks=(4,), words=IMAGES)


class ConvTranspose3d(TransposedConvolution):
    """Makes volumes larger: each value paints a learned block, and where blocks overlap they add up.

    Takes (batch, in_channels, depth, height, width) and gives (batch, out_channels, depth', height', width').
    """

    also_called = ("deconvolution", "transposed convolution")
    kernel_size = Size(
        default=3, dimensions=3, meaning="Depth, height and width of the block that each value paints, in voxels."
    )
    stride = Size(
        default=1, dimensions=3, meaning="Step from one block to the next, in voxels: how much larger it becomes."
    )
    padding = Size(default=0, dimensions=3, minimum=0, meaning="What is cut off each side of the result, in voxels.")
    output_padding = Size(
        default=0,
        dimensions=3,
        minimum=0,
        meaning="Layers of voxels added at the end only; less than stride or dilation.",
    )
    dilation = Size(default=1, dimensions=3, meaning="Distance between the voxels of a block.")
    torch = TorchCall("torch.nn.ConvTranspose3d", arguments=ARGUMENTS, inferred={"in_channels": "channels"})
    needs = Needs(ranks=(5,), words=VOLUMES)
