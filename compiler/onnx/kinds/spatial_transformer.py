"""The spatial transformer as ONNX writes it."""

from __future__ import annotations

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.lengths import shape_of, sizes_of
from compiler.program import Step

MODES = {"bilinear": "linear", "nearest": "nearest", "bicubic": "cubic"}
"""torch's name -> ONNX's."""
IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def resample(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """AffineGrid says where each pixel of the result looks, in every channel; GridSample looks there."""
    name, values = step.node.name, step.node.parameters
    corners = int(values["align_corners"])
    shape = emitter.constant(f"{name}/matrix_shape", numpy.array([-1, 2, 3]))
    theta = emitter.add("Reshape", [inputs[1], shape], step, "theta")
    if values["add_identity"]:
        identity = emitter.constant(f"{name}/identity", numpy.array(IDENTITY, dtype=numpy.float32))
        theta = emitter.add("Add", [theta, identity], step, "moved")
    batch = sizes_of(emitter, step, theta, "batch", 0, 1)
    given = values["output_size"]
    sides = [sizes_of(emitter, step, inputs[0], "sides", 2)] if given is None else sizes(given, 2)
    size = shape_of(emitter, step, "size", batch, 1, *sides)
    grid = emitter.add("AffineGrid", [theta, size], step, "grid", align_corners=corners)
    return emitter.add(
        "GridSample",
        [inputs[0], grid],
        step,
        what,
        mode=MODES[values["mode"]],
        padding_mode=values["padding_mode"],
        align_corners=corners,
    )
