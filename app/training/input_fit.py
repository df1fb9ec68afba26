"""Do a drawing's Inputs take what a dataset feeds them with?"""

from __future__ import annotations

import math
from collections.abc import Iterable

from app.training.datasets import DatasetKind, InputPart
from compiler.program import ModuleInput, Program, lower
from graph_model import Fix, Problem
from graph_model.edits import SetParameters


def input_problems(program: Program, kind: DatasetKind) -> Iterable[Problem]:
    """Yield what does not fit: too many or too few Inputs, or one whose samples have another size."""
    inputs = program.inputs
    if len(inputs) != len(kind.inputs):
        yield Problem("error", None, _wrong_number(len(inputs), kind))
        return
    for given, part in zip(inputs, kind.inputs, strict=True):
        if math.prod(given.shape) != math.prod(part.shape):
            yield _wrong_size(program, given, part, kind)


def _wrong_number(count: int, kind: DatasetKind) -> str:
    if len(kind.inputs) == 1:
        return f"'{kind.title}' feeds one Input, but the drawing has {count}."
    parts = " and ".join(f"{part.name} {part.shape}" for part in kind.inputs)
    return f"'{kind.title}' feeds {len(kind.inputs)} Inputs, with {parts}, but the drawing has {count}."


def _wrong_size(program: Program, given: ModuleInput, part: InputPart, kind: DatasetKind) -> Problem:
    node, wanted = given.steps[0].node, math.prod(part.shape)
    what = f"a sample of '{kind.title}'"
    if len(kind.inputs) > 1:
        what = f"'{part.name}' of {what}"
    if given.is_of_scalars:
        return Problem(
            "error",
            node.name,
            f"The drawing has {given.shape[0]} scalar {'input' if given.shape[0] == 1 else 'inputs'}, but {what} has "
            f"{wanted} numbers: it needs as many.",
            (),
            node.id,
        )
    shapes = [[wanted], list(part.shape)] if len(part.shape) > 1 else [[wanted]]
    if len(part.shape) == 2:
        shapes.reverse()  # A sequence: laid flat, it is none any more.
    failing = {tuple(shape): _first_failing(program, node.id, tuple(shape)) for shape in shapes}
    working = [shape for shape in shapes if failing[tuple(shape)] is None]
    words = f"Input '{node.name}' takes {math.prod(given.shape):,} numbers, but {what} has {wanted:,}"
    if not working:
        words += (
            f", and with a sample of {list(part.shape)} '{failing[part.shape]}' does not work. Choose a dataset, or "
            f"options of it, with samples that this network can take; without any it can be looked at, analyzed and "
            f"exported, but not trained"
        )
    fixes = tuple(Fix(f"Set the shape to {shape}", SetParameters(node.id, {"shape": shape})) for shape in working)
    return Problem("error", node.name, f"{words}.", fixes, node.id)


def _first_failing(program: Program, identifier: str, shape: tuple[int, ...]) -> str | None:
    """The name of the first node that does not work if an Input has another shape; None if all do."""
    other = lower(program.drawing, known=program, given={identifier: shape})
    return next((step.node.name for step in other.steps if step.fault is not None), None)
