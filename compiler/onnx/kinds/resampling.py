"""Interpolations as ONNX writes them."""

from __future__ import annotations

from typing import Any

import numpy

from compiler.onnx.emitter import Emitter
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
    """Resize by the size where torch goes by that, else by the factor."""
    assert step.output_shapes is not None
    values, name = step.node.parameters, step.node.name
    mode, aligned = FIXED.get(step.kind.name, (values.get("mode"), values.get("align_corners")))
    by_size = values["size"] is not None or values.get("recompute_scale_factor")
    sides = [int(side) for side in step.output_shapes[0][2:]]
    if by_size:
        given = ["", emitter.constant(f"{name}/sizes", numpy.array(sides, dtype=numpy.int64))]
    else:
        before = [int(side) for side in step.input_shapes[0][2:]]
        factors = numpy.array(
            [
                _factor(mode if len(sides) == 2 else None, *both, values["scale_factor"])
                for both in zip(before, sides, strict=True)
            ],
            dtype=numpy.float32,
        )
        given = [emitter.constant(f"{name}/scales", factors)]
    axes = list(range(2, 2 + len(sides)))
    return emitter.add(
        "Resize", [inputs[0], "", *given], step, what, axes=axes, **_attributes(str(mode), bool(aligned))
    )


def _factor(mode: Any, before: int, after: int, factor: float) -> float:
    """The factor of one axis. In an image whose side stays or doubles, torch leaves the factor aside where the nearest
    value counts (aten/src/ATen/native/UpSample.h, nearest_idx)."""
    return after / before if mode == "nearest" and after in (before, 2 * before) else factor


def _attributes(mode: str, aligned: bool) -> dict[str, Any]:
    if mode in NEAREST:
        return NEAREST[mode]
    coordinates = "align_corners" if aligned else "half_pixel"
    if mode == "bicubic":
        return {"mode": "cubic", "cubic_coeff_a": -0.75, "coordinate_transformation_mode": coordinates}
    return {"mode": "linear", "coordinate_transformation_mode": coordinates}
