"""The scale that gives values a colour: logarithmic, from one power of ten to another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class ValueScale:
    """Values by node id and by wire id, placed on a logarithmic scale between two powers of ten.

    Whole powers keep the scale still while values change from step to step. `places`, `wire_places`: from 0 to 1, in
    the order of the values; not a number where there is none.
    """

    def __init__(
        self, values: Mapping[str, float], caption: str = "", wire_values: Mapping[str, float] | None = None
    ) -> None:
        self.values, self.wire_values = dict(values), dict(wire_values or {})
        self.caption = caption
        powers, wire_powers = _logarithms(self.values), _logarithms(self.wire_values)
        together = np.concatenate([powers, wire_powers])
        plain = together[np.isfinite(together)]
        lowest, highest = (float(plain.min()), float(plain.max())) if len(plain) else (-1.0, 0.0)
        self.lowest, self.highest = math.floor(lowest), math.ceil(highest)
        if self.highest <= self.lowest:
            self.lowest, self.highest = self.lowest - 1, self.lowest + 1
        self.places, self.wire_places = self._placed(powers), self._placed(wire_powers)

    def _placed(self, powers: Array) -> Array:
        return np.clip((powers - self.lowest) / (self.highest - self.lowest), 0.0, 1.0)


def _logarithms(values: Mapping[str, float]) -> Array:
    with np.errstate(divide="ignore"):
        return np.log10(np.abs(np.array(list(values.values()), dtype=np.float64)))
