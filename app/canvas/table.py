"""A table of rows with ids, in one structured NumPy array: appended at the end, removed by moving the last row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Table:
    """Rows of numbers that are found by their ids. Adding, changing and removing a row take constant time."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._memory: Array = np.zeros(64, dtype)
        self.ids: list[str] = []
        self.row_of: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> Array:
        """All rows; a view that is valid until a row is added."""
        return self._memory[: len(self.ids)]

    def __getitem__(self, column: str) -> Array:
        return self._memory[column][: len(self.ids)]

    def fill(self, ids: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Put these rows in the place of all others."""
        memory = np.zeros(max(64, len(ids) * 5 // 4), self._memory.dtype)
        if rows:
            memory[: len(rows)] = np.array(rows, dtype=self._memory.dtype)
        self._memory, self.ids = memory, list(ids)
        self.row_of = {identifier: row for row, identifier in enumerate(self.ids)}

    def put(self, identifier: str, values: tuple[Any, ...]) -> int:
        """Add a row or change it; return its number."""
        row = self.row_of.get(identifier)
        if row is None:
            row = len(self.ids)
            if row == len(self._memory):
                self._memory = np.concatenate([self._memory, np.zeros_like(self._memory)])
            self.ids.append(identifier)
            self.row_of[identifier] = row
        self._memory[row] = values
        return row

    def drop(self, identifier: str) -> tuple[int, int]:
        """Remove a row; return its number and the number that the row now there had before."""
        row, last = self.row_of.pop(identifier), len(self.ids) - 1
        moved = self.ids.pop()
        if row != last:
            self._memory[row] = self._memory[last]
            self.ids[row] = moved
            self.row_of[moved] = row
        return row, last
