"""What the gradients say, in sentences.

Thresholds: a first layer whose gradient is below a thousandth of the last one's learns a thousand times more slowly
(Hung-yi Lee, Tips for Deep Learning: vanishing gradient); above a thousand times, the opposite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy

from app.training.number_text import scientific
from app.training.recording.layout import RecordedLayer

Array = numpy.ndarray[Any, Any]

VANISHING = 1e-3
EXPLODING = 1e3
WORDS = {"rms": "gradient (RMS)", "mean_abs": "mean absolute gradient", "norm": "gradient norm"}


class GradientSource(Protocol):
    """A recording, or anything that offers its gradients."""

    @property
    def layers(self) -> list[RecordedLayer]: ...

    def gradients(self, statistic: str, start: int = 0, stop: int | None = None) -> Array: ...

    def row_count(self) -> int: ...


@dataclass(frozen=True)
class Finding:
    """A sentence about the gradients: what, where, how much. `layer_ids` are those that it speaks of."""

    severity: Literal["finding", "healthy", "none"]
    title: str
    sentence: str
    layer_ids: tuple[str, ...] = ()


def gradient_finding(source: GradientSource, step: int | None = None, statistic: str = "rms") -> Finding:
    """Return the finding about one recorded step (index of its row; None: the latest)."""
    count = source.row_count()
    if count == 0 or not source.layers:
        return Finding("none", "", "")
    row = count - 1 if step is None else max(0, min(step, count - 1))
    values = numpy.asarray(source.gradients(statistic, row, row + 1)[0])
    return _judge(source.layers, values, statistic)


def _judge(layers: list[RecordedLayer], values: Array, statistic: str) -> Finding:
    weights = [index for index, layer in enumerate(layers) if not layer.kind.startswith("BatchNorm")]
    chosen = weights if len(weights) >= 2 else list(range(len(layers)))
    first, last = layers[chosen[0]], layers[chosen[-1]]
    if len(chosen) < 2:
        value = scientific(float(values[chosen[0]]))
        return Finding("healthy", "One layer", f"The {WORDS[statistic]} at '{first.name}' is {value}.", (first.id,))
    ids = (first.id, last.id)
    if values[chosen[-1]] == 0:
        if values[chosen[0]] == 0:
            return Finding(
                "finding",
                "No gradient",
                "The gradient is 0 in the first and in the last layer: nothing is learned.",
                ids,
            )
        return Finding("finding", "No gradient", f"The gradient at '{last.name}' is 0.", (last.id,))
    ratio = float(values[chosen[0]] / values[chosen[-1]])
    said = f"The {WORDS[statistic]} at '{first.name}' is {scientific(ratio)} of the one at '{last.name}'"
    if ratio < VANISHING:
        return Finding("finding", "Vanishing gradient", f"{said}: vanishing. The first layers stay almost random.", ids)
    if ratio > EXPLODING:
        return Finding("finding", "Exploding gradient", f"{said}: exploding. The first layers are thrown about.", ids)
    return Finding("healthy", "Gradients arrive", f"{said}: every layer learns.", ids)
