"""How much an optimizer remembers: found by letting it take one step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.training.optimizers import make_optimizer, option_values

PROBE = 64
"""Numbers of the parameter that is stepped."""


def optimizer_numbers(name: str, options: Mapping[str, Any]) -> int:
    """Return how many numbers an optimizer remembers of each weight: 0 for SGD, 1 with momentum, 2 for Adam.

    Raises TrainingError for an optimizer or option that there is not.
    """
    values = option_values(name, options)
    return _numbers(
        name, tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in values.items())
    )


@lru_cache(maxsize=256)
def _numbers(name: str, options: tuple[tuple[str, Any], ...]) -> int:
    import torch

    given = {key: list(value) if isinstance(value, tuple) else value for key, value in options}
    parameter = torch.nn.Parameter(torch.zeros(PROBE))
    parameter.grad = torch.zeros(PROBE)
    optimizer = make_optimizer(name, [("probe.weight", parameter)], 0.0, given)
    optimizer.step()
    state = optimizer.state[parameter].values()
    return sum(value.numel() // PROBE for value in state if isinstance(value, torch.Tensor))


__all__ = ["optimizer_numbers"]
