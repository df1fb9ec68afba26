"""The scale that gives values a colour: logarithmic, from one power of ten to another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class ValueScale:
    """Values by node id, placed on a logarithmic scale between two powers of ten.

    Whole powers keep the scale still while values change from step to step. `places`: from 0 to 1, in the order of
    the values; not a number where there is none.
    """

    def __init__(self, values: Mapping[str, float], caption: str = "") -> None:
        self.values = dict(values)
        self.caption = caption
        magnitudes = np.abs(np.array(list(self.values.values()), dtype=np.float64))
        with np.errstate(divide="ignore"):
            powers = np.log10(magnitudes)
        plain = powers[np.isfinite(powers)]
        lowest, highest = (float(plain.min()), float(plain.max())) if len(plain) else (-1.0, 0.0)
        self.lowest, self.highest = math.floor(lowest), math.ceil(highest)
        if self.highest <= self.lowest:
            self.lowest, self.highest = self.lowest - 1, self.lowest + 1
        self.places: Array = np.clip((powers - self.lowest) / (self.highest - self.lowest), 0.0, 1.0)
