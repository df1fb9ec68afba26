"""Borders around a map as ONNX writes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step
from graph_model.catalogue.padding import Padding, sides

MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap", "constant": "constant"}
"""torch's name -> ONNX's."""


def pad(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One of the paddings."""
    assert isinstance(step.kind, Padding)
    before, after = sides(step.node.parameters["padding"], len(step.input_shapes[0]) - 2)
    value = step.node.parameters.get("value", 0.0)
    return pad_map(emitter, step, inputs[0], (before, after), step.kind.mode, what, value)


def pad_map(
    emitter: Emitter,
    step: Step,
    tensor: str,
    sides_of_axes: tuple[Sequence[int], Sequence[int]],
    mode: str,
    what: str | None,
    value: float = 0.0,
) -> str:
    """Add a border before and after each axis of a map's fields.

    `mode`: torch's name of what the border holds; `value`: for the mode constant.
    """
    before, after = sides_of_axes
    pads = numpy.array([0, 0, *before, 0, 0, *after], dtype=numpy.int64)
    given = [tensor, emitter.constant(f"{step.node.name}/pads", pads)]
    if mode == "constant":
        given.append(emitter.constant(f"{step.node.name}/value", numpy.array(value, dtype=numpy.float32)))
    return emitter.add("Pad", given, step, what, mode=MODES[mode])
