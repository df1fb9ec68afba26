"""Reading a recording, while it grows or long after."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy

from app.training.recording.groups import Groups
from app.training.recording.layout import (
    DECLARATION,
    HEADER_BYTES,
    ROWS,
    STATISTICS,
    STEP_COLUMNS,
    RecordedLayer,
    RecordingMeta,
)
from app.training.recording.weights_ring import WeightsRing
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
        self._weights = WeightsRing(path, len(meta.weights))

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
        """Return node id -> one statistic of its ∂L/∂W at a row (None: the latest); {} without rows.

        A neuron has that of its own wires where these were recorded, else that of its column.
        """
        chosen = self._chosen(row)
        if chosen is None:
            return {}
        values = self.gradients(statistic, chosen, chosen + 1)[0]
        of_layers = {
            node_id: float(value)
            for layer, value in zip(self.meta.layers, values, strict=True)
            for node_id in layer.node_ids
        }
        return {**of_layers, **self._single(self._neurons, statistic, chosen)}

    def wire_values(self, statistic: str, row: int | None = None) -> dict[str, float]:
        """Return wire id -> one statistic of its own ∂L/∂w at a row (None: the latest), for wires to neurons.

        A wire that carries one weight has its magnitude. {} where single weights were not recorded, or are not kept any
        more.
        """
        chosen = self._chosen(row)
        return {} if chosen is None else self._single(self._wires, statistic, chosen)

    def weight_gradients(self, row: int | None = None) -> dict[str, Array]:
        """Return ∂L/∂w of each recorded single weight at a row, float64 (numbers,), by its name in a document.

        {} where they were not recorded, or are not kept any more; not a number where a weight is frozen.
        """
        chosen = self._chosen(row)
        values = None if chosen is None else self._weights.row(chosen)
        if values is None:
            return {}
        found: dict[str, list[float]] = {}
        for weight, value in zip(self.meta.weights, values.tolist(), strict=True):
            found.setdefault(weight.name, []).append(value)
        return {name: numpy.array(numbers) for name, numbers in found.items()}

    @cached_property
    def _wires(self) -> Groups:
        """The recorded weights wire by wire."""
        return Groups([self._wire_of(weight.name) for weight in self.meta.weights])

    @cached_property
    def _neurons(self) -> Groups:
        """The weights on wires, neuron by neuron; of a neuron without wires, its bias."""
        fed = {weight.node_id for weight in self.meta.weights if self._wire_of(weight.name)}
        keys = []
        for weight in self.meta.weights:
            counts = self._wire_of(weight.name) is not None or weight.node_id not in fed
            keys.append(weight.node_id if counts else None)
        return Groups(keys)

    @staticmethod
    def _wire_of(name: str) -> str | None:
        owner, _, what = name.partition(".")
        return owner if what == "weight" else None

    def _single(self, groups: Groups, statistic: str, row: int) -> dict[str, float]:
        values = self._weights.row(row)
        return {} if values is None else groups.statistic(statistic, values)

    def _chosen(self, row: int | None) -> int | None:
        count = self.row_count()
        if count == 0:
            return None
        return count - 1 if row is None else max(0, min(row, count - 1))

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
