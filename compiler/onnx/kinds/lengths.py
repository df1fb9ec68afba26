"""Sizes that are known only when a model runs: what is written with them holds for every length of an axis.

Where a runtime knows the sizes before, it works them out once, when it loads the model.
"""

from __future__ import annotations

from itertools import groupby

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import whole_numbers
from compiler.program import Step

Size = int | str
"""A whole number, or a tensor of some, which may be several sizes of a shape. In a target shape 0 is the size that the
same axis had, and −1 what the others leave."""


def sizes_of(emitter: Emitter, step: Step, tensor: str, name: str, start: int, end: int | None = None) -> str:
    """Write the sizes of a tensor's axes from `start` up to `end`."""
    upto = {} if end is None else {"end": end}
    return emitter.add("Shape", [tensor], step, name, start=start, **upto)


def shape_of(emitter: Emitter, step: Step, name: str, *parts: Size) -> str:
    """Write a shape: a constant, or whole numbers and tensors side by side."""
    if all(isinstance(part, int) for part in parts):
        return whole_numbers(emitter, step, name, *(part for part in parts if isinstance(part, int)))
    joined: list[str] = []
    for is_known, run in groupby(parts, lambda part: isinstance(part, int)):
        if is_known:
            joined.append(whole_numbers(emitter, step, f"{name}/{len(joined)}", *(int(part) for part in run)))
        else:
            joined += [str(part) for part in run]
    return joined[0] if len(joined) == 1 else emitter.add("Concat", joined, step, name, axis=0)


def reshaped(emitter: Emitter, step: Step, tensor: str, what: str | None, *parts: Size) -> str:
    """Write a tensor in another shape."""
    target = shape_of(emitter, step, "shape" if what is None else f"{what}/shape", *parts)
    return emitter.add("Reshape", [tensor, target], step, what)


def counted(emitter: Emitter, step: Step, operator: str, size: Size, by: int | list[int], name: str) -> str:
    """Write Add, Sub, Mul or Div (rounded down) of sizes and whole numbers."""
    numbers = [by] if isinstance(by, int) else by
    return emitter.add(operator, [str(size), whole_numbers(emitter, step, f"{name}/by", *numbers)], step, name)
