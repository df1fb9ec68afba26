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
    return _probe(name, options)[0]


def counts_steps(name: str, options: Mapping[str, Any]) -> bool:
    """Return whether an optimizer counts its steps for each parameter, as Adam does. Raises TrainingError."""
    return _probe(name, options)[1]


def _probe(name: str, options: Mapping[str, Any]) -> tuple[int, bool]:
    values = option_values(name, options)
    return _step(
        name, tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in values.items())
    )


@lru_cache(maxsize=256)
def _step(name: str, options: tuple[tuple[str, Any], ...]) -> tuple[int, bool]:
    import torch

    given = {key: list(value) if isinstance(value, tuple) else value for key, value in options}
    parameter = torch.nn.Parameter(torch.zeros(PROBE))
    parameter.grad = torch.zeros(PROBE)
    optimizer = make_optimizer(name, [("probe.weight", parameter)], 0.0, given)
    optimizer.step()
    state = [value for value in optimizer.state[parameter].values() if isinstance(value, torch.Tensor)]
    return sum(value.numel() // PROBE for value in state), any(value.numel() == 1 for value in state)


__all__ = ["counts_steps", "optimizer_numbers"]
