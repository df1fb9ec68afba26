"""The gradients of single weights at the latest steps: a ring of rows beside a recording's own file.

`weights.bin` holds the step of each row as int64, and then the rows of float32, one number for each recorded weight.
A row's number is taken away before it is overwritten and set after, so that whoever finds the number before and after
reading has read a whole row.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]

WEIGHTS = "weights.bin"
KEPT_STEPS = 500
"""So many of the latest steps keep the gradients of single weights."""
NOTHING = -1


class WeightsRingWriter:
    """Writes rows, step after step. Raises OSError if the file cannot be made."""

    def __init__(self, path: Path, width: int) -> None:
        self._width = width
        if not width:
            return
        self._file = (path / WEIGHTS).open("w+b")
        size = KEPT_STEPS * (8 + 4 * width)
        self._file.truncate(size)
        self._memory = mmap.mmap(self._file.fileno(), size)
        self._steps = numpy.frombuffer(self._memory, dtype="<i8", count=KEPT_STEPS)
        self._steps[:] = NOTHING
        self._rows = numpy.frombuffer(self._memory, dtype="<f4", offset=8 * KEPT_STEPS).reshape(KEPT_STEPS, width)

    def put(self, row: int, values: Array) -> None:
        """Write what was measured at a row of the recording, float32 (weights,)."""
        if self._width:
            place = row % KEPT_STEPS
            self._steps[place] = NOTHING
            self._rows[place] = values
            self._steps[place] = row

    def close(self) -> None:
        """Write everything out."""
        if self._width:
            del self._steps, self._rows
            self._memory.flush()
            self._memory.close()
            self._file.close()
            self._width = 0


class WeightsRing:
    """Reads rows while they are written or long after. Raises OSError or ValueError for a file that is none."""

    def __init__(self, path: Path, width: int) -> None:
        self._width = width
        if width:
            self._steps = numpy.memmap(path / WEIGHTS, dtype="<i8", mode="r", shape=(KEPT_STEPS,))
            offset = 8 * KEPT_STEPS
            self._rows = numpy.memmap(path / WEIGHTS, dtype="<f4", mode="r", offset=offset, shape=(KEPT_STEPS, width))

    def row(self, row: int) -> Array | None:
        """Return a copy of what was measured at a row of the recording, float64 (weights,); None if it is not kept."""
        if not self._width:
            return None
        place = row % KEPT_STEPS
        if self._steps[place] != row:
            return None
        values = numpy.array(self._rows[place], dtype=numpy.float64)
        return values if self._steps[place] == row else None
