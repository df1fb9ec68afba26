"""Options that several generated datasets have."""

from __future__ import annotations

from graph_model.parameters import Integer, Parameter, Real

MOST = 1_000_000


def samples(default: int, what: str = "examples") -> dict[str, Parameter]:
    """How many there are."""
    meaning = f"Number of {what}."
    return {"samples": Integer(name="samples", default=default, minimum=10, maximum=MOST, meaning=meaning, unit=what)}


def noise(default: float, meaning: str) -> dict[str, Parameter]:
    """How much chance there is in the inputs."""
    return {"noise": Real(name="noise", default=default, minimum=0.0, maximum=10.0, meaning=meaning)}


def whole(name: str, default: int, minimum: int, maximum: int, meaning: str) -> dict[str, Parameter]:
    """A whole number within limits."""
    return {name: Integer(name=name, default=default, minimum=minimum, maximum=maximum, meaning=meaning)}


def real(name: str, default: float, maximum: float, meaning: str) -> dict[str, Parameter]:
    """A number from 0 up to a limit."""
    return {name: Real(name=name, default=default, minimum=0.0, maximum=maximum, meaning=meaning)}
