"""Reading a recording, while it grows or long after."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy

from app.training.recording.layout import (
    DECLARATION,
    HEADER_BYTES,
    ROWS,
    STATISTICS,
    STEP_COLUMNS,
    RecordedLayer,
    RecordingMeta,
)
from graph_model import DataError

Array = numpy.ndarray[Any, Any]


class Recording:
    """A run as it was, or as it is being, recorded. Reading takes no lock and may happen at any time."""

    def __init__(self, path: Path, meta: RecordingMeta) -> None:
        self.path = path
        self.meta = meta
        self._positions = {name: index for index, name in enumerate(meta.columns)}
        self._counter = numpy.memmap(path / ROWS, dtype="<i8", mode="r", shape=(2,))
        self._most = 0
        """Most rows that were ever counted: they are complete, also where some were taken back meanwhile."""
        self._rows = self._map()

    @classmethod
    def open(cls, path: str | Path) -> Recording:
        """Open a recording's folder; raises DataError if there is none, or it is damaged."""
        path = Path(path)
        try:
            meta = msgspec.json.decode((path / DECLARATION).read_bytes(), type=RecordingMeta)
            if len(meta.columns) != len(STEP_COLUMNS) + len(STATISTICS) * len(meta.layers):
                raise DataError(f"The recording in {path} declares columns that do not belong to its layers.")
            return cls(path, meta)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise DataError(f"There is no readable recording in {path}: {error}") from error

    @property
    def layers(self) -> list[RecordedLayer]:
        """The layers whose gradients are recorded, from input to output."""
        return list(self.meta.layers)

    @property
    def columns(self) -> list[str]:
        """The names of all columns."""
        return list(self.meta.columns)

    @cached_property
    def layer_ids(self) -> dict[str, int]:
        """Layer id -> its place from the input on."""
        return {layer.id: index for index, layer in enumerate(self.meta.layers)}

    def row_count(self) -> int:
        """Return the number of steps recorded by now. It falls when the run goes back."""
        count = int(self._counter[0])
        self._most = max(self._most, count)
        return count

    def times_taken_back(self) -> int:
        """Return how often rows were taken back: if it has changed, rows that were seen may be others now."""
        return int(self._counter[1])

    def column(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """Return one column, float64 (rows,): a view of the file, NaN where nothing was measured.

        With `stop`, rows that were counted once are still read if they are taken back meanwhile.
        """
        return self._slice(start, stop)[:, self._positions[name]]

    def gradients(self, statistic: str, start: int = 0, stop: int | None = None) -> Array:
        """Return one statistic of ∂L/∂W of all layers, float64 (rows, layers)."""
        first = len(STEP_COLUMNS) + STATISTICS.index(statistic) * len(self.meta.layers)
        return self._slice(start, stop)[:, first : first + len(self.meta.layers)]

    def node_values(self, statistic: str, row: int | None = None) -> dict[str, float]:
        """Return node id -> one statistic of its layer's ∂L/∂W at a row (None: the latest); {} without rows."""
        count = self.row_count()
        if count == 0:
            return {}
        chosen = count - 1 if row is None else max(0, min(row, count - 1))
        values = self.gradients(statistic, chosen, chosen + 1)[0]
        return {
            node_id: float(value)
            for layer, value in zip(self.meta.layers, values, strict=True)
            for node_id in layer.node_ids
        }

    def _slice(self, start: int, stop: int | None) -> Array:
        count = self.row_count()
        if self._most > len(self._rows):
            self._rows = self._map()
        end = count if stop is None else min(stop, self._most)
        return self._rows[start:end]

    def _map(self) -> Array:
        width = len(self.meta.columns)
        size = (self.path / ROWS).stat().st_size
        rows = (size - HEADER_BYTES) // (width * 8)
        return numpy.memmap(self.path / ROWS, dtype="<f8", mode="r", offset=HEADER_BYTES, shape=(rows, width))
