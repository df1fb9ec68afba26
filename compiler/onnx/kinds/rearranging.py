"""Values that move between the axes of a map, as ONNX writes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.program import Step


def pixel_unshuffle(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Squares of pixels as channels; ONNX's SpaceToDepth would order them otherwise."""
    channels, height, width = (int(axis) for axis in step.input_shapes[0][1:])
    r = step.node.parameters["downscale_factor"]
    split = _reshaped(emitter, step, inputs[0], [-1, channels, height // r, r, width // r, r], "split")
    ordered = emitter.add("Transpose", [split], step, "ordered", perm=[0, 1, 3, 5, 2, 4])
    return _reshaped(emitter, step, ordered, [-1, channels * r * r, height // r, width // r], what)


def channel_shuffle(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Groups of channels, turned round."""
    channels, *sides = (int(axis) for axis in step.input_shapes[0][1:])
    groups = step.node.parameters["groups"]
    split = _reshaped(emitter, step, inputs[0], [-1, groups, channels // groups, *sides], "split")
    order = [0, 2, 1, *range(3, 3 + len(sides))]
    ordered = emitter.add("Transpose", [split], step, "ordered", perm=order)
    return _reshaped(emitter, step, ordered, [-1, channels, *sides], what)


def unfold(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A convolution whose filters each pick one value of a field."""
    assert step.output_shapes is not None
    channels = int(step.input_shapes[0][1])
    values = step.node.parameters
    kernel, stride, padding, dilation = (
        sizes(values[name], 2) for name in ("kernel_size", "stride", "padding", "dilation")
    )
    count = kernel[0] * kernel[1]
    picking = numpy.tile(numpy.eye(count, dtype=numpy.float32).reshape(count, 1, *kernel), (channels, 1, 1, 1))
    weight = emitter.constant(f"{step.node.name}/picking", picking)
    picked = emitter.add(
        "Conv",
        [inputs[0], weight],
        step,
        "picked",
        kernel_shape=kernel,
        strides=stride,
        pads=padding * 2,
        dilations=dilation,
        group=channels,
    )
    return _reshaped(emitter, step, picked, [-1, *(int(axis) for axis in step.output_shapes[0][1:])], what)


def fold(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Col2Im, which adds up overlapping fields."""
    values = step.node.parameters
    image = emitter.constant(f"{step.node.name}/image", numpy.array(sizes(values["output_size"], 2)))
    field = emitter.constant(f"{step.node.name}/field", numpy.array(sizes(values["kernel_size"], 2)))
    return emitter.add(
        "Col2Im",
        [inputs[0], image, field],
        step,
        what,
        dilations=sizes(values["dilation"], 2),
        pads=sizes(values["padding"], 2) * 2,
        strides=sizes(values["stride"], 2),
    )


def _reshaped(emitter: Emitter, step: Step, tensor: str, shape: Sequence[int], what: str | None) -> str:
    label = "shape" if what is None else f"{what}_shape"
    target = emitter.constant(f"{step.node.name}/{label}", numpy.array(shape, dtype=numpy.int64))
    return emitter.add("Reshape", [tensor, target], step, what)
