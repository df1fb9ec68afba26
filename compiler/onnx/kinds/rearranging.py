"""Values that move between the axes of a map, as ONNX writes it."""

from __future__ import annotations

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.lengths import counted, reshaped, sizes_of
from compiler.program import Step


def pixel_unshuffle(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Squares of pixels as channels; ONNX's SpaceToDepth would order them otherwise."""
    r = step.node.parameters["downscale_factor"]
    channels = sizes_of(emitter, step, inputs[0], "channels", 1, 2)
    sides = counted(emitter, step, "Div", sizes_of(emitter, step, inputs[0], "sides", 2), r, "squares")
    height, width = emitter.add_several("Split", [sides], step, ("rows", "columns"), axis=0, num_outputs=2)
    split = reshaped(emitter, step, inputs[0], "split", 0, channels, height, r, width, r)
    ordered = emitter.add("Transpose", [split], step, "ordered", perm=[0, 1, 3, 5, 2, 4])
    return reshaped(emitter, step, ordered, what, 0, -1, sides)


def channel_shuffle(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Groups of channels, turned round."""
    fields = len(step.input_shapes[0]) - 2
    sides = [sizes_of(emitter, step, inputs[0], "sides", 2)] if fields else []
    split = reshaped(emitter, step, inputs[0], "split", 0, step.node.parameters["groups"], -1, *sides)
    ordered = emitter.add("Transpose", [split], step, "ordered", perm=[0, 2, 1, *range(3, 3 + fields)])
    return reshaped(emitter, step, ordered, what, 0, -1, *sides)


def unfold(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A convolution of each channel with filters that each pick one value of a field."""
    values = step.node.parameters
    kernel, stride, padding, dilation = (
        sizes(values[name], 2) for name in ("kernel_size", "stride", "padding", "dilation")
    )
    count = kernel[0] * kernel[1]
    weight = emitter.constant(
        f"{step.node.name}/picking", numpy.eye(count, dtype=numpy.float32).reshape(count, 1, *kernel)
    )
    sides = sizes_of(emitter, step, inputs[0], "sides", 2)
    channels = reshaped(emitter, step, inputs[0], "channels", -1, 1, sides)
    picked = emitter.add(
        "Conv",
        [channels, weight],
        step,
        "picked",
        kernel_shape=kernel,
        strides=stride,
        pads=padding * 2,
        dilations=dilation,
    )
    fields = reshaped(emitter, step, picked, "fields", 0, 0, -1)
    batch = sizes_of(emitter, step, inputs[0], "batch", 0, 1)
    places = sizes_of(emitter, step, fields, "places", 2)
    return reshaped(emitter, step, fields, what, batch, -1, places)


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
