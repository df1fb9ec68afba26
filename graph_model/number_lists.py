"""Parameters that are lists of any length: of whole numbers, and of real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph_model.parameters import Integer, Real, Reals, Shape


@dataclass(frozen=True, kw_only=True)
class Integers(Shape):
    """A list of whole numbers, each within a range."""

    minimum: int = -(2**31)
    maximum: int = 2**31 - 1
    fewest: int = 1
    most: int = 6
    example: str = "[2, 4]"

    def clean(self, value: Any) -> list[int]:
        if isinstance(value, str) or not isinstance(value, Sequence) or not self.fewest <= len(value) <= self.most:
            raise self.refuse(value)
        each = Integer(name=self.name, minimum=self.minimum, maximum=self.maximum)
        return [each.clean(entry) for entry in value]

    def expected(self) -> str:
        return f"a list of {self.fewest} to {self.most} whole numbers, e.g. {self.example}"


@dataclass(frozen=True, kw_only=True)
class RealNumbers(Reals):
    """A list of real numbers; `count` is how many it can have at most."""

    def clean(self, value: Any) -> list[float]:
        given = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        if not 1 <= len(given) <= self.count:
            raise self.refuse(value)
        each = Real(name=self.name, minimum=self.minimum, maximum=self.maximum)
        return [each.clean(entry) for entry in given]

    def expected(self) -> str:
        return f"a list of at most {self.count} numbers, e.g. [0.5, 1]"
