"""The spatial transformer: a network that moves, turns and enlarges its own image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graph_model.agreement import resizing
from graph_model.catalogue import fields
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Insertion, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice

COUNT = 6


class SpatialTransformer(Kind):
    """Resamples an image or feature map as six numbers say: it moves, turns, stretches and enlarges it.

    Takes (batch, channels, height, width) and theta (batch, 6) = (a, b, e, c, d, f); gives (batch, channels,
    height, width), or output_size.

    The value at a place (x, y) of the result is that of the image at (a·x + b·y + e, c·x + d·y + f), where x and y
    run from −1 to 1; between pixels it is interpolated, so that gradients reach theta.

    Theta comes from a small network that looks at the same image, the localisation network, which ends in a Linear
    with 6 outputs. Theta = (1, 0, 0, 0, 1, 0) leaves the image as it is: with add_identity a network that gives
    zeros does.
    """

    also_called = ("stn", "affine grid", "grid sample", "warp")
    family = "Resampling"
    formula = "a(x, y) = image(θ₁x + θ₂y + θ₃, θ₄x + θ₅y + θ₆)"
    source = "Jaderberg et al., Spatial Transformer Networks (2015); Hung-yi Lee, lecture Spatial Transformer Layer"
    inputs = (
        Port("input", meaning="The image or feature map that is resampled: (batch, channels, height, width)."),
        Port("theta", meaning="The six numbers of the affine transformation: (batch, 6)."),
    )
    mode = Choice(
        default="bilinear",
        choices=("bilinear", "nearest", "bicubic"),
        meaning="How values between pixels are found; nearest gives theta no gradient.",
    )
    padding_mode = Choice(
        default="zeros",
        choices=("zeros", "border", "reflection"),
        meaning="What lies outside the image: zeros, its edge, or its mirror image.",
    )
    align_corners = Boolean(
        default=False, meaning="Whether −1 and 1 are the centres of the outermost pixels; else their outer edges."
    )
    output_size = fields.output_size(2, None, optional=True, more="; empty: the image's")
    add_identity = Boolean(
        default=False, meaning="Whether theta is added to (1, 0, 0, 0, 1, 0), so that zeros leave the image as it is."
    )
    torch = TorchCall(
        "compiler.modules.spatial_transformer.SpatialTransformer",
        arguments=("mode", "padding_mode", "align_corners", "output_size", "add_identity"),
    )
    onnx = OnnxOperator(emitter="spatial_transformer.resample")
    needs = Needs(ports={"input": Needs(ranks=(4,), words=fields.IMAGES)})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["mode"])

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        theta = shapes[1]
        if theta is not None and math.prod(int(axis) for axis in theta[1:]) != COUNT:
            linear = resizing(1, COUNT)
            return Objection(
                "its port 'theta' needs six numbers for each sample, (batch, 6), such as a Linear with "
                "out_features = 6 gives",
                {"out_features": COUNT},
                of_source=1,
                insertion=linear if len(theta) == 2 else Insertion(1, "Flatten", then=linear),
            )
        size = parameters["output_size"]
        sides = (shapes[0] or ())[2:] if size is None else ([size] if isinstance(size, int) else size)
        if parameters["align_corners"] and any(int(side) == 1 for side in sides):
            words = "with align_corners a side of its result needs at least two values, one for each corner"
            return Objection(words, {"align_corners": False})
        return None
