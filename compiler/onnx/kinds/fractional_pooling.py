"""Fractional poolings as ONNX writes them: with the fields that they have once trained."""

from __future__ import annotations

import numpy

from compiler.onnx.attributes import sizes
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.windows import largest_of_fields
from compiler.program import Step


def largest(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """The maximum of each field, at steps as even as they can be."""
    assert step.output_shapes is not None
    shape = step.input_shapes[0]
    kernels = sizes(step.node.parameters["kernel_size"], len(shape) - 2)
    fields = [
        [range(start, start + kernel) for start in starts(int(side), int(count), kernel)]
        for side, count, kernel in zip(shape[2:], step.output_shapes[0][2:], kernels, strict=True)
    ]
    return largest_of_fields(emitter, step, inputs[0], fields, what)


def starts(size: int, count: int, kernel: int) -> list[int]:
    """Where fields start as torch computes it, in single precision, with 1/2 for each random number."""
    if count == 1:
        return [size - kernel]
    half, step = numpy.float32(0.5), numpy.float32(size - kernel) / numpy.float32(count - 1)
    first = int(half * step)
    return [*(int((numpy.float32(place) + half) * step) - first for place in range(count - 1)), size - kernel]
