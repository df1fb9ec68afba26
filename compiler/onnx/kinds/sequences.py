"""What is done with the time steps of a sequence, as ONNX writes it."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.lengths import counted, reshaped, sizes_of
from compiler.onnx.kinds.time_steps import numbers_at
from compiler.program import Step

FROM_THE_END = -1
TO_THE_END = numpy.iinfo(numpy.int64).max
BEFORE_THE_START = numpy.iinfo(numpy.int64).min


def last_step(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The last time step."""
    return numbers_at(emitter, step, inputs[0], FROM_THE_END, what)


def mean_over_time(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The mean over axis 1."""
    return emitter.add("ReduceMean", [inputs[0], _numbers(emitter, step, "axes", 1)], step, what, keepdims=0)


def max_over_time(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The maximum over axis 1."""
    return emitter.add("ReduceMax", [inputs[0], _numbers(emitter, step, "axes", 1)], step, what, keepdims=0)


def reverse(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A slice from the last time step to the first."""
    places = {"starts": FROM_THE_END, "ends": BEFORE_THE_START, "axes": 1, "steps": -1}
    return emitter.add(
        "Slice", [*inputs, *(_numbers(emitter, step, name, place) for name, place in places.items())], step, what
    )


def pyramidal_reduction(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A reshape: time steps that follow each other lie side by side in memory."""
    features = sizes_of(emitter, step, inputs[0], "features", 2)
    together = counted(emitter, step, "Mul", features, int(step.node.parameters["factor"]), "features together")
    return reshaped(emitter, step, inputs[0], what, 0, -1, together)


def target_delay(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """What stays, and zeros in the gap."""
    steps = int(step.node.parameters["steps"])
    places = {"starts": max(0, -steps), "ends": -steps if steps > 0 else TO_THE_END, "axes": 1}
    kept = emitter.add(
        "Slice", [*inputs, *(_numbers(emitter, step, name, place) for name, place in places.items())], step, "kept"
    )
    pads = _numbers(emitter, step, "pads", 0, max(0, steps), 0, 0, max(0, -steps), 0)
    return emitter.add("Pad", [kept, pads], step, what)


def _numbers(emitter: Emitter, step: Step, name: str, *values: int) -> str:
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(values, numpy.int64))
