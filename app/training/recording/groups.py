"""Statistics of numbers that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]


class Groups:
    """Which of many numbers belong to which key; those with None belong to none."""

    def __init__(self, keys: Sequence[str | None]) -> None:
        numbers: dict[str, list[int]] = {}
        for index, key in enumerate(keys):
            if key is not None:
                numbers.setdefault(key, []).append(index)
        self.keys = list(numbers)
        sizes = [len(members) for members in numbers.values()]
        self._order = numpy.array([index for members in numbers.values() for index in members], dtype=numpy.int64)
        self._starts = numpy.concatenate([[0], numpy.cumsum(sizes)[:-1]]).astype(int) if sizes else numpy.empty(0, int)

    def statistic(self, name: str, values: Array) -> dict[str, float]:
        """Return key -> "rms", "mean_abs" or "norm" of its numbers; keys all of whose numbers are NaN are left out."""
        if not self.keys:
            return {}
        chosen = values[self._order]
        known = ~numpy.isnan(chosen)
        magnitudes = numpy.abs(numpy.where(known, chosen, 0.0))
        counts = numpy.add.reduceat(known.astype(float), self._starts)
        if name == "mean_abs":
            found = numpy.add.reduceat(magnitudes, self._starts) / numpy.maximum(counts, 1.0)
        else:
            squares = numpy.add.reduceat(magnitudes**2, self._starts)
            found = numpy.sqrt(squares / numpy.maximum(counts, 1.0) if name == "rms" else squares)
        pairs = zip(self.keys, found.tolist(), counts.tolist(), strict=True)
        return {key: value for key, value, count in pairs if count}
