"""Every mistake that can be made systematically at one node, from its declaration and from an example that works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from graph_model import kinds
from graph_model.errors import GradCanvasError
from graph_model.parameters import Boolean, Choice, Integer, Parameter, Real, Shape, Size
from tests.kind_examples.example import Example

LEFT_OUT = ("activation", "weight_init", "weight_init_std", "weight_init_value", "trainable", "bias_tie", "loss")
"""Parameters that cannot be at odds with a shape."""
NUMBERS = (-7, -1, 0, 1, 3, 5, 97)


@dataclass(frozen=True)
class Mistake:
    """What is done to an example: often a mistake, sometimes still right. `what`: in words."""

    what: str
    example: Example


def variations(example: Example) -> Iterator[Mistake]:
    """Yield the example with one thing changed: the shape at a port, a parameter, or what is wired."""
    for number, shape in enumerate(example.shapes):
        others = other_shapes(shape) if shape is not None else {"wired": [5], "a map wired": [2, 3]}
        for what, sizes in others.items():
            shapes = (*example.shapes[:number], sizes, *example.shapes[number + 1 :])
            yield Mistake(f"input {number}: {what} {sizes}", replace(example, shapes=shapes))
    yield from _wired_to_the_rest(example)
    for parameter in kinds()[example.kind].parameters.values():
        if parameter.name not in LEFT_OUT:
            for value in other_values(parameter):
                parameters = {**example.parameters, parameter.name: value}
                yield Mistake(f"{parameter.name} = {value}", replace(example, parameters=parameters))


def other_shapes(shape: list[int]) -> dict[str, list[int]]:
    """What is done to a shape -> the shape."""
    found = {
        "one axis fewer": shape[1:],
        "the last axis gone": shape[:-1],
        "one axis more": [2, *shape],
        "one axis more behind": [*shape, 3],
        "two axes more": [2, 1, *shape],
        "all laid flat": [max(2, len(shape)) ** 2],
    }
    for axis, size in enumerate(shape):
        for other in {1, size - 1, size + 1} - {size, 0}:
            found[f"axis {axis + 1} of size {other}"] = [*shape[:axis], other, *shape[axis + 1 :]]
    found["every axis larger"] = [size + 1 for size in shape]
    found["every axis of size 1"] = [1] * len(shape)
    return {what: sizes for what, sizes in found.items() if sizes and sizes != shape}


def other_values(parameter: Parameter) -> Iterator[Any]:
    """Values that the parameter takes by itself."""
    if isinstance(parameter, Boolean):
        candidates: list[Any] = [True, False]
    elif isinstance(parameter, Choice):
        candidates = list(parameter.choices)
    elif isinstance(parameter, Size):
        candidates = [*NUMBERS, [5, 1], [1, 2, 3]]
    elif isinstance(parameter, Real):
        candidates = [-2.0, 0.0, 0.01, 0.9, 1.0, 3.0]
    elif isinstance(parameter, Integer):
        candidates = list(NUMBERS)
    elif isinstance(parameter, Shape):
        candidates = [[3], [5, 2], [1, 2, 3]]
    else:
        candidates = [[3], [0, 1], [0, 2, 1], [2, 3, 4], [-1, -1], [[0, 0], [90, 1]]]
    for value in [*candidates, None]:
        try:
            parameter.validate(value)
        except GradCanvasError:
            continue
        yield value


def _wired_to_the_rest(example: Example) -> Iterator[Mistake]:
    """Optional ports that the example leaves out, and one more wire to a port that takes several."""
    ports = kinds()[example.kind].declared_for({**_defaults(example.kind), **example.parameters}).inputs
    given = len(example.shapes)
    if ports and ports[-1].variadic:
        for shape in ([5], [2, 7], [2, 3, 4, 4]):
            yield Mistake(f"one more wire {shape}", replace(example, shapes=(*example.shapes, shape)))
    elif 0 < given < len(ports):
        for shape in ([5], [2, 7]):
            shapes = (*example.shapes, *[None] * (len(ports) - given - 1), shape)
            yield Mistake(f"the last port wired {shape}", replace(example, shapes=shapes))


def _defaults(kind: str) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in kinds()[kind].parameters.items()}
