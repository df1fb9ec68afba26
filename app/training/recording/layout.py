"""What a recording looks like on disk.

`recording.json` declares the layers and columns; `rows.bin` holds a header of 64 bytes, whose first 8 are the number
of complete rows (little-endian), and then rows of float64, one column after the other. A row is written before the
number is raised, so whoever reads the number first sees complete rows only. The next 8 bytes of the header count how
often rows were taken back, which a run does that goes back some steps: only then the number of rows falls.
"""

from __future__ import annotations

from typing import Any

import msgspec

DECLARATION = "recording.json"
ROWS = "rows.bin"
HEADER_BYTES = 64
VERSION = 1

STATISTICS = ("rms", "mean_abs", "norm")
"""Statistics of ∂L/∂W: root of the mean square, mean of the absolute values, L2 norm."""

STEP_COLUMNS = (
    "step",
    "epoch",
    "time",
    "train_loss",
    "learning_rate",
    "validation_loss",
    "validation_accuracy",
    "train_accuracy",
)


class RecordedLayer(msgspec.Struct, frozen=True):
    """A layer whose gradient is recorded; `node_ids` are the nodes of the drawing that it consists of."""

    id: str
    name: str
    kind: str
    node_ids: tuple[str, ...]


class RecordedWeight(msgspec.Struct, frozen=True):
    """A number whose own gradient is kept for the latest steps: its name in a document's weights, and its neuron."""

    name: str
    node_id: str


class RecordingMeta(msgspec.Struct, frozen=True):
    """The declaration of a recording. `settings`: the training settings as plain values. `weights`: the single weights
    whose gradients lie in `weights.bin`, one entry for each number."""

    version: int
    layers: tuple[RecordedLayer, ...]
    columns: tuple[str, ...]
    total_steps: int
    steps_per_epoch: int
    epochs: int
    device: str
    seed: int
    settings: dict[str, Any]
    weights: tuple[RecordedWeight, ...] = ()


def gradient_column(layer_id: str, statistic: str) -> str:
    """Return the name of the column of one statistic of one layer's ∂L/∂W."""
    return f"gradient/{layer_id}/{statistic}"


def columns_for(layers: tuple[RecordedLayer, ...]) -> tuple[str, ...]:
    """Return all columns: those of the step, then each statistic with its layers side by side."""
    gradients = [gradient_column(layer.id, statistic) for statistic in STATISTICS for layer in layers]
    return (*STEP_COLUMNS, *gradients)
