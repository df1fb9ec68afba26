"""What keeps a block from running, in words that a student understands."""

from __future__ import annotations

from collections.abc import Callable

from compiler.arrivals import Source
from compiler.program import Step
from compiler.shapes import shape_text


def _sharing(step: Step, this: str) -> str:
    came = ", ".join(shape_text(shape) for shape in step.input_shapes)
    return (
        f"{this} receives {came}, but shares its weights with '{_other(step)}', which receives another shape: only "
        f"layers that receive the same can share."
    )


def _other_parameters(step: Step, this: str) -> str:
    return (
        f"{this} shares its weights with '{_other(step)}', but has other parameters: only layers with the same "
        f"parameters can share."
    )


def _time(step: Step, this: str) -> str:
    return (
        f"{this} is applied over time and needs a sequence, (batch, time, …), but '{_source(step).node.name}' gives "
        f"{_shape(step)}."
    )


def _times(step: Step, this: str) -> str:
    return (
        f"{this} receives sequences of different lengths: '{_source(step).node.name}' gives {_shape(step)}. All must "
        f"have the same number of time steps."
    )


def _no_sequence(step: Step, this: str) -> str:
    return (
        f"{this} is applied over time, but none of its ports takes a sequence: let one BlockInput inside take one time "
        f"step after the other."
    )


def _delay(step: Step, this: str) -> str:
    delay = _source(step).node
    keeps = shape_text(("batch", *delay.parameters["shape"]))
    return f"Delay '{delay.name}' keeps {keeps}, but {_shape(step)} arrives at it: both must be the same."


BLOCK_SENTENCES: dict[str, Callable[[Step, str], str]] = {
    "sharing": _sharing,
    "other parameters": _other_parameters,
    "time": _time,
    "times": _times,
    "no sequence": _no_sequence,
    "delay": _delay,
}
"""Reason of a fault -> the sentence about a step; it is given what the step is called."""


def _source(step: Step) -> Source:
    assert step.fault is not None
    assert step.fault.source is not None
    return step.fault.source


def _other(step: Step) -> str:
    assert step.fault is not None
    assert step.fault.sharing_with is not None
    return step.fault.sharing_with.name


def _shape(step: Step) -> str:
    source = _source(step)
    return shape_text(source.shape) if source.shape is not None else "nothing"
