"""Who may share weights: what receives the same and has the same parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from compiler.faults import Fault
from compiler.program import Step
from compiler.shapes import Shape


def with_sharing_fault(step: Step, first: Step) -> Step:
    """The step, with a fault if it shares weights with one that takes other shapes or has other parameters."""
    if step is first or step.fault is not None or first.fault is not None:
        return step
    if _as_shared(step) != _as_shared(first):
        return replace(step, output_shapes=None, fault=Fault("other parameters", sharing_with=first.node))
    if step.kind.weighs_wires or _call_shapes(step) == _call_shapes(first):
        return step
    return replace(step, output_shapes=None, fault=Fault("sharing", sharing_with=first.node))


def _as_shared(step: Step) -> Mapping[str, Any]:
    """The parameters that all who share weights have in common."""
    values = step.node.parameters
    if step.over_time is not None:
        own = {"returns", "weights", "repeat", "repeat_weights", "over_time"}
        directions = {"directions": step.over_time.directions}
        return {**{name: value for name, value in values.items() if name not in own}, **directions}
    return {name: values[name] for name in ("bias", "bias_trainable")} if step.kind.weighs_wires else values


def _call_shapes(step: Step) -> tuple[Shape | None, ...]:
    """What the module is called with; at each time step, for a block that is applied over time."""
    if step.over_time is None:
        return step.call_shapes
    return tuple(given.shape for given in step.over_time.programs[0].inputs)
