"""The scale that gives values a colour: logarithmic, from one power of ten to another."""

from __future__ import annotations

import math
from collections.abc import Mapping

MOST_DECADES = 300


class ValueScale:
    """Values by node id, placed on a logarithmic scale between two powers of ten.

    Whole powers keep the scale still while values change from step to step.
    """

    def __init__(self, values: Mapping[str, float], caption: str = "") -> None:
        self.values = dict(values)
        self.caption = caption
        magnitudes = [math.log10(abs(value)) for value in self.values.values() if math.isfinite(value) and value != 0]
        lowest, highest = (min(magnitudes), max(magnitudes)) if magnitudes else (-1.0, 0.0)
        self.lowest, self.highest = math.floor(lowest), math.ceil(highest)
        if self.highest <= self.lowest:
            self.lowest, self.highest = self.lowest - 1, self.lowest + 1

    def place(self, identifier: str) -> float | None:
        """Where a node's value lies, from 0 to 1; None if it has none or it is not a number."""
        value = self.values.get(identifier)
        if value is None or math.isnan(value):
            return None
        if value == 0:
            return 0.0
        if math.isinf(value):
            return 1.0
        return min(1.0, max(0.0, (math.log10(abs(value)) - self.lowest) / (self.highest - self.lowest)))
