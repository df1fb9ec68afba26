"""Values that move between the axes of a map, and none of which changes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import fields
from graph_model.catalogue.fields import IMAGES, along, plain
from graph_model.kind import Kind, TorchCall, size_text
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer, Size

SUB_PIXEL = (
    "Shi et al., Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural "
    "Network (2016)"
)
FIELD = ("kernel_size", "dilation", "padding", "stride")


class PixelShuffle(Kind):
    """Lays channels side by side as pixels: r² channels become one that is r times as high and wide.

    Takes (batch, channels · r², height, width) and gives (batch, channels, height · r, width · r): channel
    c · r² + i · r + j becomes row i, column j of each square of channel c. A convolution before it computes all pixels
    of the large image at the small one's cost.
    """

    also_called = ("depth to space", "sub-pixel")
    family = "Resampling"
    formula = "(batch, c·r², h, w) → (batch, c, h·r, w·r)"
    source = SUB_PIXEL
    upscale_factor = Integer(default=2, minimum=1, meaning="How many times r larger each side becomes.")
    torch = TorchCall("torch.nn.PixelShuffle", arguments=("upscale_factor",))
    onnx = OnnxOperator("DepthToSpace", attributes={"blocksize": "upscale_factor"}, fixed={"mode": "CRD"})
    needs = Needs(ranks=(4,), words=IMAGES)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['upscale_factor']} times"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        factor, shape = parameters["upscale_factor"], shapes[0]
        if shape is None or int(shape[1]) % factor**2 == 0:
            return None
        fitting = max(r for r in range(1, factor) if int(shape[1]) % r**2 == 0)
        return Objection(
            f"its channels must be divisible by upscale_factor² = {factor**2}, and {shape[1]} are not",
            {"upscale_factor": fitting},
        )


class PixelUnshuffle(Kind):
    """Lays pixels behind each other as channels: each square of r · r pixels becomes r² channels.

    Takes (batch, channels, height, width) and gives (batch, channels · r², height / r, width / r). It undoes a
    PixelShuffle and makes an image smaller without losing a value.
    """

    also_called = ("space to depth",)
    family = "Resampling"
    formula = "(batch, c, h·r, w·r) → (batch, c·r², h, w)"
    source = SUB_PIXEL
    downscale_factor = Integer(default=2, minimum=1, meaning="How many times r smaller each side becomes.")
    torch = TorchCall("torch.nn.PixelUnshuffle", arguments=("downscale_factor",))
    onnx = OnnxOperator(emitter="rearranging.pixel_unshuffle")
    needs = Needs(ranks=(4,), words=IMAGES)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['downscale_factor']} times"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        factor, shape = parameters["downscale_factor"], shapes[0]
        if shape is None or all(int(side) % factor == 0 for side in shape[2:]):
            return None
        common = math.gcd(*(int(side) for side in shape[2:]))
        fitting = max(r for r in range(1, factor) if common % r == 0)
        return Objection(
            f"its height and width must be divisible by downscale_factor = {factor}", {"downscale_factor": fitting}
        )


class ChannelShuffle(Kind):
    """Mixes the channels of several groups like cards: the first of each, then the second of each.

    Takes (batch, channels, …) and gives the same shape. Between two convolutions with groups it lets each group of
    the second see something of every group of the first.
    """

    also_called = ("shufflenet",)
    family = "Resampling"
    formula = "(batch, g·c, …) → (batch, c·g, …)"
    source = "Zhang et al., ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices (2018)"
    groups = Integer(default=2, minimum=1, meaning="The number of groups that are mixed.")
    torch = TorchCall("torch.nn.ChannelShuffle", arguments=("groups",))
    onnx = OnnxOperator(emitter="rearranging.channel_shuffle")
    needs = Needs(ranks=(3, 4, 5), words="a map: (batch, channels, …) with one to three more axes")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["groups"])

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        groups, shape = parameters["groups"], shapes[0]
        if shape is None or int(shape[1]) % groups == 0:
            return None
        fitting = max(number for number in range(1, groups) if int(shape[1]) % number == 0)
        return Objection(f"groups = {groups} must divide its {shape[1]} channels", {"groups": fitting})


class Fields(Kind):
    """Base of what takes an image apart into fields, or puts it together of them."""

    family = "Resampling"
    kernel_size = fields.kernel_size(2)
    dilation = fields.dilation(2)
    padding = Size(default=0, minimum=0, meaning="Zeros added on each side of the image, in pixels.")
    stride = Size(default=1, meaning="Step from one field to the next, in pixels.")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return size_text(parameters["kernel_size"])


class Unfold(Fields):
    """Lays each field of an image flat: what a filter sees at each place, as a column of its own.

    Takes (batch, channels, height, width) and gives (batch, channels · field, number of fields): each column holds
    the first channel's values row by row, then the next channel's; the fields follow each other row by row. A Conv2d is
    an Unfold and a matrix product; a vision transformer's patches are an Unfold as well.
    """

    also_called = ("im2col", "patches")
    formula = "(batch, c, h, w) → (batch, c·k·k, fields)"
    source = "Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for Document Processing (2006)"
    torch = TorchCall("torch.nn.Unfold", arguments=FIELD)
    onnx = OnnxOperator(emitter="rearranging.unfold")
    needs = Needs(ranks=(4,), words=IMAGES)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return None if shapes[0] is None else fields.field_objection(parameters, shapes[0])


class Fold(Fields):
    """Puts an image together of fields that lie flat; where they overlap they add up.

    Takes (batch, channels · field, number of fields) and gives (batch, channels, *output_size). It is the way back of
    Unfold, but for the overlaps: they come back as sums.
    """

    also_called = ("col2im",)
    formula = "(batch, c·k·k, fields) → (batch, c, h, w)"
    output_size = fields.output_size(2, 8)
    torch = TorchCall("torch.nn.Fold", arguments=("output_size", *FIELD))
    onnx = OnnxOperator(emitter="rearranging.fold")
    needs = Needs(ranks=(3,), words="fields that lie flat: (batch, channels · field, number of fields)")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape = shapes[0]
        if shape is None:
            return None
        kernel = along(parameters["kernel_size"], 2)
        if int(shape[1]) % math.prod(kernel):
            words = f"axis 1 must be divisible by the {math.prod(kernel)} values of a field, which it is not"
            single = {"kernel_size": 1, "padding": 0}
            return Objection(words, {**single, **self._fitting({**parameters, **single}, int(shape[2]))})
        counts = [
            (size + 2 * pad - distance * (field - 1) - 1) // step + 1
            for size, pad, distance, field, step in zip(*self._along_both(parameters), strict=True)
        ]
        if min(counts) >= 1 and math.prod(counts) == int(shape[2]):
            return None
        rows = " × ".join(str(max(count, 0)) for count in counts)
        size = size_text(parameters["output_size"])
        return Objection(
            f"an image of {size if '×' in size else f'{size}×{size}'} has {rows} such fields, and {shape[2]} come",
            self._fitting(parameters, int(shape[2])),
        )

    def _along_both(self, parameters: Mapping[str, Any]) -> list[list[int]]:
        names = ("output_size", "padding", "dilation", "kernel_size", "stride")
        return [along(parameters[name], 2) for name in names]

    def _fitting(self, parameters: Mapping[str, Any], count: int) -> dict[str, Any]:
        """The output_size, as square as can be, that has as many fields."""
        rows = max(number for number in range(1, math.isqrt(count) + 1) if count % number == 0)
        _, padding, dilation, kernel, stride = self._along_both(parameters)
        sizes = [
            (number - 1) * step + distance * (field - 1) + 1 - 2 * pad
            for number, step, distance, field, pad in zip(
                (rows, count // rows), stride, dilation, kernel, padding, strict=True
            )
        ]
        return {"output_size": plain(sizes)} if min(sizes) >= 1 else {}
