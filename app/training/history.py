"""What a run was like, in plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy

from app.training.recording import STATISTICS, Recording

Array = numpy.ndarray[Any, Any]


@dataclass(frozen=True)
class History:
    """A run in arrays.

    `train_loss`: one value a step. `validation_loss`, `validation_accuracy`: one for each evaluation, which happened
    at `validation_steps`. `gradients`: layer name -> statistic of ∂L/∂W -> one value a step, from input to output.
    """

    steps: int
    train_loss: Array
    validation_steps: Array
    validation_loss: Array
    validation_accuracy: Array
    gradients: dict[str, dict[str, Array]]
    kinds: dict[str, str]

    @classmethod
    def from_recording(cls, recording: Recording) -> History:
        """Copy a recording's present content."""
        count = recording.row_count()
        losses = recording.column("validation_loss", 0, count)
        evaluated = ~numpy.isnan(losses)
        gradients: dict[str, dict[str, Array]] = {layer.name: {} for layer in recording.layers}
        for statistic in STATISTICS:
            values = recording.gradients(statistic, 0, count)
            for index, layer in enumerate(recording.layers):
                gradients[layer.name][statistic] = numpy.array(values[:, index])
        return cls(
            steps=count,
            train_loss=numpy.array(recording.column("train_loss", 0, count)),
            validation_steps=numpy.array(recording.column("step", 0, count)[evaluated]).astype(int),
            validation_loss=numpy.array(losses[evaluated]),
            validation_accuracy=numpy.array(recording.column("validation_accuracy", 0, count)[evaluated]),
            gradients=gradients,
            kinds={layer.name: layer.kind for layer in recording.layers},
        )
