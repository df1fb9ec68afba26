"""Random values of a kind's parameters, drawn from their own declarations and kept small."""

from __future__ import annotations

from random import Random
from typing import Any

from graph_model import Kind
from graph_model.formula import FormulaText
from graph_model.number_lists import Integers, RealNumbers
from graph_model.parameters import Boolean, Choice, Integer, Pairs, Parameter, Real, Reals, Shape, Size, Text

FORMULAS = ("a * b", "(1 - z) * h + z * c", "tanh(x) ** 2", "maximum(a, -b) / 3", "relu(x) - sigmoid(y)")
NAMED = {
    "dim": (1, 1, 2, 2, 3, -1, -2, 0),
    "pruned": (None, None, [[0, 0]], [[0, 1], [1, 0]]),
    "bias_tie": (None, None, None, "shared"),
    "shape": ([1], [2], [3], [2, 3], [1, 3], [2, 4, 4]),
    "unflattened_size": ([1, 2], [2, 2], [2, 3], [1, 4], [1, 3], [5, 1], [1, 1]),
    "dims": ([2, 1], [1, 3, 2], [1, 2], [3, 1, 2]),
    "num_heads": (1, 2),
    "nhead": (1, 2),
    "dim_feedforward": (1, 4),
}
"""Parameters whose declared range says little of which values go together with small shapes."""


def value_of(random: Random, parameter: Parameter) -> Any:
    """A value that a parameter takes."""
    if parameter.optional and random.random() < 0.5:
        return None
    if parameter.name in NAMED:
        return random.choice(NAMED[parameter.name])
    if isinstance(parameter, Boolean):
        return random.random() < 0.5
    if isinstance(parameter, Choice):
        return random.choice(parameter.choices)
    if isinstance(parameter, Size):
        lowest = max(parameter.minimum, -2)
        count = 1 if random.random() < 0.5 else parameter.dimensions
        sizes = [random.randint(lowest, lowest + 2) for _ in range(count)]
        return sizes[0] if count == 1 else sizes
    if isinstance(parameter, Integer):
        return _whole(random, parameter.minimum, parameter.maximum)
    if isinstance(parameter, Real):
        return _real(random, parameter)
    if isinstance(parameter, Integers):
        count = random.randint(parameter.fewest, min(parameter.most, parameter.fewest + 2))
        return [_whole(random, parameter.minimum, parameter.maximum) for _ in range(count)]
    if isinstance(parameter, Shape):
        return [random.randint(1, 5) for _ in range(random.randint(1, 3))]
    if isinstance(parameter, Reals):
        count = random.randint(1, 2) if isinstance(parameter, RealNumbers) else parameter.count
        one = Real(minimum=parameter.minimum, maximum=parameter.maximum)
        return [_real(random, one) for _ in range(count)]
    if isinstance(parameter, FormulaText):
        return random.choice(FORMULAS)
    assert isinstance(parameter, (Pairs, Text)), f"no values for {type(parameter).__name__}"
    return parameter.default


def _whole(random: Random, minimum: int | None, maximum: int | None) -> int:
    lowest = -2 if minimum is None else max(minimum, -2)
    return random.randint(lowest, min(lowest + 4, 2**31 if maximum is None else maximum))


def _real(random: Random, parameter: Real) -> float:
    lowest = -2.0 if parameter.minimum is None else parameter.minimum
    highest = lowest + 3.0 if parameter.maximum is None else min(parameter.maximum, lowest + 3.0)
    drawn = round(random.uniform(lowest, highest), 2)
    return max(drawn, lowest + 0.01) if parameter.exclusive_minimum else drawn


def parameters_of(random: Random, kind: Kind, share: float = 0.4) -> dict[str, Any]:
    """Values for some parameters of a kind, `share` of them; whole numbers with a large default always get a small
    one."""
    chosen: dict[str, Any] = {}
    for name, parameter in kind.parameters.items():
        is_large = isinstance(parameter, Integer) and (parameter.default or 0) > 5
        is_large = is_large or name in ("shape", "num_heads", "nhead", "output_size")
        if is_large or random.random() < share:
            chosen[name] = value_of(random, parameter)
    return chosen
