"""Resampling: a map becomes larger or smaller by interpolation."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import fields
from graph_model.catalogue.fields import IMAGES, NOUNS, SIGNALS, VOLUMES
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice, Real, Shape

ANY_MAP = Needs(ranks=(3, 4, 5), words="a map: (batch, channels, …) with one to three more axes")
NEEDS = {
    "nearest": ANY_MAP,
    "nearest-exact": ANY_MAP,
    "linear": Needs(ranks=(3,), words=SIGNALS),
    "bilinear": Needs(ranks=(4,), words=IMAGES),
    "bicubic": Needs(ranks=(4,), words=IMAGES),
    "trilinear": Needs(ranks=(5,), words=VOLUMES),
}
"""What each way of interpolating takes."""
ALIGNED = ("linear", "bilinear", "bicubic", "trilinear")


class Resampling(Kind):
    """Base of the interpolations."""

    family = "Resampling"
    onnx = OnnxOperator(emitter="resampling.resize")
    scale_factor = Real(
        default=2.0,
        optional=True,
        minimum=0.0,
        exclusive_minimum=True,
        maximum=1024.0,
        meaning="How many times larger each side becomes; empty: size is given.",
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        size, factor = parameters["size"], parameters["scale_factor"]
        if size is not None:
            return "×".join(str(entry) for entry in ([size] if isinstance(size, int) else size))
        return "" if factor is None else f"{factor:g} times"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape, size, factor = shapes[0], parameters["size"], parameters["scale_factor"]
        if size is None and factor is None:
            return Objection("it needs a size or a scale_factor", {"scale_factor": 2.0})
        if size is not None and factor is not None:
            return Objection("it has a size and a scale_factor, and only one can hold", {"scale_factor": None})
        if shape is None:
            return None
        axes = len(shape) - 2
        if isinstance(size, list) and len(size) != axes:
            words = f"its size {size} needs one number for each side of that {NOUNS[axes]}, {axes} in all"
            return Objection(words, {"size": [*size, *size[-1:] * axes][:axes]})
        if size is None and min(int(side) * factor for side in shape[2:]) < 1:
            return Objection(f"its scale_factor {factor:g} leaves nothing of it", {"scale_factor": 1.0})
        return None


class Upsample(Resampling):
    """Makes a map larger (or smaller) by repeating its values or by interpolating between them.

    Takes (batch, channels, length), (batch, channels, height, width) or (batch, channels, depth, height, width), as the
    mode says. It has nothing to learn; a convolution behind it does what a transposed convolution would, without a
    chessboard.
    """

    also_called = ("resize", "interpolate", "enlarge", "scale up")
    formula = "a(p) = Σ x(q) · weight(p, q) over the nearest q"
    source = "Odena, Dumoulin, Olah, Deconvolution and Checkerboard Artifacts (2016)"
    size = Shape(
        default=None,
        optional=True,
        largest_rank=3,
        meaning="The sides of the result, a number for each; empty: as scale_factor says.",
    )
    mode = Choice(
        default="nearest",
        choices=tuple(NEEDS),
        meaning="How values are found: nearest repeats; linear (signals), bilinear and bicubic (images) and trilinear "
        "(volumes) interpolate.",
    )
    align_corners = Boolean(
        default=False,
        meaning="Whether the centres of the outermost values stay at the corners; else the outer edges of the map do.",
        relevant_if=("mode", ALIGNED),
    )
    recompute_scale_factor = Boolean(
        default=False,
        meaning="Whether values are placed by the factor that the rounded size of the result really has, instead of "
        "by scale_factor. Both are the same where the size comes out whole.",
    )
    torch = TorchCall(
        "torch.nn.Upsample", arguments=("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
    )
    needs = ANY_MAP

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        declared: Any = copy.copy(self)
        declared.needs = NEEDS[parameters["mode"]]
        return declared  # type: ignore[no-any-return]

    def call(self, parameters: Mapping[str, Any]) -> TorchCall | None:
        """torch refuses align_corners where nothing is interpolated, and recompute_scale_factor beside a size."""
        size = parameters["size"]
        arguments = ["size", "scale_factor", "mode"]
        arguments += ["align_corners"] if parameters["mode"] in ALIGNED else []
        arguments += ["recompute_scale_factor"] if size is None else []
        return TorchCall("torch.nn.Upsample", arguments=tuple(arguments))


class UpsamplingNearest2d(Resampling):
    """Makes an image larger by repeating its pixels.

    Takes (batch, channels, height, width) and gives it with larger sides. The same as Upsample with the mode
    nearest.
    """

    also_called = ("resize", "enlarge")
    formula = "a(p) = x(nearest p)"
    size = fields.output_size(2, None, optional=True, more="; empty: as scale_factor says")
    torch = TorchCall("torch.nn.UpsamplingNearest2d", arguments=("size", "scale_factor"))
    needs = Needs(ranks=(4,), words=IMAGES)


class UpsamplingBilinear2d(Resampling):
    """Makes an image larger by interpolating between its pixels, with the corners kept in place.

    Takes (batch, channels, height, width) and gives it with larger sides. The same as Upsample with the mode
    bilinear and align_corners.
    """

    also_called = ("resize", "enlarge")
    formula = "a(p) = Σ x(q) · weight(p, q) over the four nearest q"
    size = fields.output_size(2, None, optional=True, more="; empty: as scale_factor says")
    torch = TorchCall("torch.nn.UpsamplingBilinear2d", arguments=("size", "scale_factor"))
    needs = Needs(ranks=(4,), words=IMAGES)
