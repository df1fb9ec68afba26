"""Unpooling as ONNX writes it."""

from __future__ import annotations

import math

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def unpool(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Values scattered into zeros, map by map."""
    assert step.output_shapes is not None
    name, (_, *shape), (_, channels, *sides) = step.node.name, step.input_shapes[0], step.output_shapes[0]
    flat_size, size = math.prod(int(side) for side in shape[1:]), math.prod(int(side) for side in sides)
    flat = emitter.constant(f"{name}/flat", numpy.array([-1, int(channels), flat_size]))
    values, places = (
        emitter.add("Reshape", [tensor, flat], step, label)
        for tensor, label in zip(inputs, ("values", "places"), strict=True)
    )
    batch = emitter.add("Shape", [values], step, "batch", start=0, end=1)
    one_map = emitter.constant(f"{name}/map", numpy.array([int(channels), size]))
    empty_shape = emitter.add("Concat", [batch, one_map], step, "empty_shape", axis=0)
    empty = emitter.add("ConstantOfShape", [empty_shape], step, "empty")
    scattered = emitter.add("ScatterElements", [empty, places, values], step, "scattered", axis=2)
    target = emitter.constant(f"{name}/shape", numpy.array([-1, int(channels), *(int(side) for side in sides)]))
    return emitter.add("Reshape", [scattered, target], step, what)
