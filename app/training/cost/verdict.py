"""The predicted peak and what fits, as sentences."""

from __future__ import annotations

from app.training.cost.analysis import Analysis
from app.training.cost.size_text import bytes_text


def verdict(analysis: Analysis) -> str:
    """Return whether training fits, and what would."""
    peak, free = bytes_text(analysis.prediction.peak), bytes_text(analysis.free)
    sentences = [f"Training with batches of {analysis.batch:,} takes up to {peak}; {analysis.device} has {free} free."]
    if analysis.largest_batch:
        sentences.append(f"The largest batch that fits is {analysis.largest_batch:,}.")
    else:
        sentences.append("Not even a batch of 1 fits: make the largest layers smaller.")
    if analysis.uncounted:
        names = ", ".join(f"'{name}'" for name in analysis.uncounted[:3])
        more = f" and {len(analysis.uncounted) - 3} more" if len(analysis.uncounted) > 3 else ""
        sentences.append(f"Not counted, for their shapes are not known: {names}{more}.")
    return " ".join(sentences)


__all__ = ["verdict"]
