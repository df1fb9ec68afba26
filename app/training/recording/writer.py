"""Appending to a recording."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import numpy

from app.training.recording.layout import DECLARATION, HEADER_BYTES, ROWS, STEP_COLUMNS, RecordingMeta
from app.training.recording.weights_ring import WeightsRingWriter
from graph_model import TrainingError

Array = numpy.ndarray[Any, Any]

MOST_FORESEEN_ROWS = 100_000
PLACES = {name: place for place, name in enumerate(STEP_COLUMNS)}


class RecordingWriter:
    """Appends rows to a recording; use it as a context, or call `close`.

    Raises TrainingError if the folder cannot be written.
    """

    def __init__(self, path: Path, meta: RecordingMeta) -> None:
        self.path = path
        self.meta = meta
        self._width = len(meta.columns)
        self._capacity = max(1, min(meta.total_steps, MOST_FORESEEN_ROWS))
        self._count = 0
        try:
            path.mkdir(parents=True, exist_ok=True)
            (path / DECLARATION).unlink(missing_ok=True)
            self._file = (path / ROWS).open("w+b")
            self._map()
            self._weights = WeightsRingWriter(path, len(meta.weights))
            (path / DECLARATION).write_bytes(msgspec.json.encode(meta))
        except OSError as error:
            raise TrainingError(f"The recording cannot be written to {path}: {error.strerror or error}.") from error

    def append(self, values: Mapping[str, float], statistics: Array, weights: Array | None = None) -> None:
        """Append a row: values of step columns (others are NaN), and statistics (3, layers) as in STATISTICS.

        `weights`: the gradient of each declared single weight.
        """
        if self._count == self._capacity:
            self._grow()
        row = self._rows[self._count]
        row[: len(PLACES)] = numpy.nan
        for name, value in values.items():
            row[PLACES[name]] = value
        row[len(PLACES) :] = statistics.reshape(-1)
        if weights is not None:
            self._weights.put(self._count, weights)
        self._count += 1
        self._counter[0] = self._count

    def amend_last(self, values: Mapping[str, float]) -> None:
        """Fill in columns of the last row that were not known when it was appended."""
        for name, value in values.items():
            self._rows[self._count - 1, PLACES[name]] = value

    def value(self, name: str, row: int) -> float:
        """Return what was recorded in a column of a step."""
        return float(self._rows[row, PLACES[name]])

    def truncate(self, count: int) -> None:
        """Take back all rows after the first `count`; without effect if there are no more."""
        if count < self._count:
            self._count = count
            self._counter[0] = count
            self._counter[1] += 1

    def close(self) -> None:
        """Write everything out."""
        self._unmap()
        self._file.close()
        self._weights.close()

    def __enter__(self) -> RecordingWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _grow(self) -> None:
        self._unmap()
        self._capacity *= 2
        self._map()

    def _map(self) -> None:
        size = HEADER_BYTES + self._capacity * self._width * 8
        self._file.truncate(size)
        self._memory = mmap.mmap(self._file.fileno(), size)
        self._counter = numpy.frombuffer(self._memory, dtype="<i8", count=2)
        self._rows = numpy.frombuffer(self._memory, dtype="<f8", offset=HEADER_BYTES).reshape(-1, self._width)

    def _unmap(self) -> None:
        del self._counter, self._rows
        self._memory.flush()
        self._memory.close()
