"""The shape of what a kind gives, found by running the module itself on torch's meta device.

A shape is a tuple whose axes are whole numbers or "batch", e.g. ("batch", 16, 8, 8). Each kind is run with a batch so
large that no other axis can be taken for it; where that leaves a doubt, it is run with another one: the axis that
follows both is the batch. Results are kept by kind, parameters and input shapes, so that a
thousand equal layers cost one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch

from compiler.construction import apply_kind, make_module
from graph_model import Kind
from graph_model.catalogue import kind_named

Axis = int | str
Shape = tuple[Axis, ...]

BATCH = "batch"
PROBES = (10_007, 3)
"""Sizes of the batch: a large prime, and a small one."""


FEW_STEPS = (3, 5)
"""Numbers of time steps with which a kind is run that does the same at each: on the meta device torch runs it step by
step, and a thousand steps would take seconds."""

Arguments = tuple[tuple[str, Any], ...]


class ShapeRefusal(Exception):
    """torch refuses these shapes; the message is torch's own and not for a person to read."""


def output_shapes(kind: Kind, parameters: dict[str, Any], input_shapes: tuple[Shape | None, ...]) -> tuple[Shape, ...]:
    """Return the shape at each output port; raises ShapeRefusal if the module cannot take the inputs.

    `input_shapes`: of each input, port after port; None for an optional port that nothing is wired to.
    """
    arguments = hashable_arguments(kind, parameters)
    first = input_shapes[0] if input_shapes else None
    if kind.steps_through_time and first is not None and len(first) > 2 and int(first[1]) > FEW_STEPS[-1]:
        return _of_many_steps(kind, arguments, input_shapes, first)
    return _found(kind, arguments, input_shapes)


def _found(kind: Kind, arguments: Arguments, input_shapes: tuple[Shape | None, ...]) -> tuple[Shape, ...]:
    result = _inferred(kind.name, arguments, input_shapes)
    if isinstance(result, str):
        raise ShapeRefusal(result)
    return result


def _of_many_steps(
    kind: Kind, arguments: Arguments, input_shapes: tuple[Shape | None, ...], first: Shape
) -> tuple[Shape, ...]:
    """Find the shapes for two small numbers of time steps: an axis that follows both is the time."""
    few, more = (_found(kind, arguments, ((first[0], steps, *first[2:]), *input_shapes[1:])) for steps in FEW_STEPS)
    shapes = []
    for one, other in zip(few, more, strict=True):
        pairs = list(zip(one, other, strict=True))
        if any(pair != FEW_STEPS and pair[0] != pair[1] for pair in pairs):
            return _found(kind, arguments, input_shapes)
        shapes.append(tuple(first[1] if pair == FEW_STEPS else pair[0] for pair in pairs))
    return tuple(shapes)


@lru_cache(maxsize=16_384)
def _inferred(kind_name: str, parameters: Arguments, input_shapes: tuple[Shape | None, ...]) -> tuple[Shape, ...] | str:
    kind = kind_named(kind_name)
    values = thawed_arguments(kind, parameters)
    kind = kind.declared_for(values)
    try:
        module = make_module(kind, values, input_shapes, device="meta")
        runs: list[list[tuple[int, ...]]] = []
        for batch in PROBES:
            if runs and all(_is_plain(shape) for shape in runs[0]):
                return tuple((BATCH, *shape[1:]) for shape in runs[0])
            given = ((BATCH, 1),) if kind.follows_batch else input_shapes
            inputs = [
                None
                if shape is None
                else torch.empty([batch if axis == BATCH else int(axis) for axis in shape], device="meta")
                for shape in given
            ]
            runs.append([tuple(value.shape) for value in apply_kind(kind, module, values, inputs)])
    except (RuntimeError, ValueError, IndexError, TypeError, OverflowError, AssertionError) as error:
        return str(error) or type(error).__name__
    return tuple(_symbolic(*shapes) for shapes in zip(*runs, strict=True))


def _is_plain(shape: tuple[int, ...]) -> bool:
    """Whether a shape that came from the large batch has it in front and can have it nowhere else."""
    return shape[:1] == PROBES[:1] and all(axis < PROBES[0] // 2 for axis in shape[1:])


def _symbolic(first: tuple[int, ...], second: tuple[int, ...]) -> Shape:
    """Put "batch" where the two runs follow the size of the batch."""
    shape: list[Axis] = []
    if len(first) != len(second):
        return ()
    for one, other in zip(first, second, strict=True):
        if one == other:
            shape.append(one)
        elif (one, other) == PROBES:
            shape.append(BATCH)
        else:
            shape.append(f"{one // PROBES[0]}·batch")
    return tuple(shape)


def hashable_arguments(kind: Kind, parameters: Mapping[str, Any]) -> Arguments:
    """Return those parameters that torch is given, in a form that can be a key: lists as tuples."""
    call = kind.call(parameters)
    names = () if call is None else call.arguments
    return tuple((name, _frozen(parameters[name])) for name in names)


def thawed_arguments(kind: Kind, arguments: Arguments) -> dict[str, Any]:
    """Return values for all parameters of a kind: those that torch is given, and defaults for the rest."""
    defaults = {name: parameter.default for name, parameter in kind.parameters.items()}
    return {**defaults, **{name: _thawed(value) for name, value in arguments}}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(entry) for entry in value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return [_thawed(entry) for entry in value] if isinstance(value, tuple) else value


def shape_text(shape: Shape) -> str:
    """A shape as a person reads it: (batch, 16, 8, 8)."""
    inside = ", ".join(str(axis) for axis in shape)
    return f"({inside})"
