"""Interpolations as ONNX writes them."""

from __future__ import annotations

from typing import Any

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import whole_numbers
from compiler.onnx.kinds.lengths import sizes_of
from compiler.onnx.kinds.nearest import SEVERAL, NearestAlong, is_rounded_alike, larger_side
from compiler.program import Step

NEAREST: dict[str, dict[str, Any]] = {
    "nearest": {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    "nearest-exact": {
        "mode": "nearest",
        "coordinate_transformation_mode": "half_pixel",
        "nearest_mode": "round_prefer_ceil",
    },
}
FIXED = {"UpsamplingNearest2d": ("nearest", False), "UpsamplingBilinear2d": ("bilinear", True)}
"""Kinds that know one way of interpolating: the mode, and whether the corners stay."""


def resize(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Resize by the size where torch goes by that, else by the factor; places are gathered where Resize would take
    others."""
    values, fields = step.node.parameters, len(step.input_shapes[0]) - 2
    mode, aligned = FIXED.get(step.kind.name, (str(values.get("mode")), bool(values.get("align_corners"))))
    by_factor = values["size"] is None and not values.get("recompute_scale_factor")
    factor = None if values["size"] is not None else float(values["scale_factor"])
    if mode in NEAREST and not _is_rounded_alike(emitter, step, mode, factor if by_factor else None):
        after = [None] * fields if values["size"] is None else sizes(values["size"], fields)
        tensor = inputs[0]
        for side, count in enumerate(after):
            places = NearestAlong(emitter, step, tensor, side).places(mode, count, factor, by_factor)
            named = what if side == fields - 1 else f"side {side}"
            tensor = emitter.add("Gather", [tensor, places], step, named, axis=2 + side)
        return tensor
    given = [*_target(emitter, step, inputs[0], factor, by_factor)]
    axes = list(range(2, 2 + fields))
    return emitter.add("Resize", [inputs[0], "", *given], step, what, axes=axes, **_attributes(mode, aligned))


def _is_rounded_alike(emitter: Emitter, step: Step, mode: str, factor: float | None) -> bool:
    """Whether Resize takes what torch takes: at the lengths that are drawn, or at all that may come. Gathering does so
    anyway, but is some times slower."""
    assert step.output_shapes is not None
    is_image = len(step.input_shapes[0]) == 4
    if emitter.at_any_length:
        return factor is not None and all(
            is_rounded_alike(mode, side, int(side * factor), factor, is_image) for side in SEVERAL
        )
    sides = zip(step.input_shapes[0][2:], step.output_shapes[0][2:], strict=True)
    return all(is_rounded_alike(mode, int(before), int(after), factor, is_image) for before, after in sides)


def _target(emitter: Emitter, step: Step, tensor: str, factor: float | None, by_factor: bool) -> list[str]:
    """Resize's factors and sizes, of which it takes one."""
    fields = len(step.input_shapes[0]) - 2
    if factor is None:
        return ["", whole_numbers(emitter, step, "sizes", *sizes(step.node.parameters["size"], fields))]
    if by_factor:
        return [emitter.constant(f"{step.node.name}/scales", numpy.full(fields, factor, dtype=numpy.float32))]
    sides = sizes_of(emitter, step, tensor, "sides", 2)
    return ["", larger_side(emitter, step, sides, factor, "sizes")]


def _attributes(mode: str, aligned: bool) -> dict[str, Any]:
    if mode in NEAREST:
        return NEAREST[mode]
    coordinates = "align_corners" if aligned else "half_pixel"
    if mode == "bicubic":
        return {"mode": "cubic", "cubic_coeff_a": -0.75, "coordinate_transformation_mode": coordinates}
    return {"mode": "linear", "coordinate_transformation_mode": coordinates}
