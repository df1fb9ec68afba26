"""How many examples are evaluated at once."""

from __future__ import annotations

MOST_EXAMPLES = 1024
MOST_NUMBERS = 2**20
"""Of large samples fewer are taken: what an evaluation holds must not exceed what training holds."""


def evaluation_batch(sample_numbers: int) -> int:
    """Return the number of examples, for samples of so many numbers."""
    return max(1, min(MOST_EXAMPLES, MOST_NUMBERS // max(1, sample_numbers)))


__all__ = ["evaluation_batch"]
