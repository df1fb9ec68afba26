"""What a run over a long sequence would show, from runs over a few time steps.

oneDNN's LSTM takes a whole sequence as one operator: what each operator takes is so much, and so much more for each
time step. Where torch runs each time step by operators of its own, which of them is the highest moment depends on how
many there are: then all are run.
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.cost.part import Part, Run

LENGTHS = (4, 5)
"""Time steps: the first, the last, and some between."""
LONG = 9
"""Time steps of which all are run: shorter runs would not take less in sum."""
FEW = (2, 3)
"""Sizes of the batch; small, for what only a processor can run."""


def runs_of(part: Part) -> tuple[Run, Run]:
    """Return what a run with each size of FEW shows."""
    return _run(part, FEW[0]), _run(part, FEW[1])


def multiply_adds_of(part: Part) -> tuple[int, int]:
    """Return the multiply-adds of a forward pass with each size of FEW."""
    one, other = (_at_length(part, lambda length, batch=batch: part.multiply_adds(batch, length)) for batch in FEW)  # type: ignore[misc]
    return one, other


def _is_long(part: Part) -> bool:
    return part.time is not None and part.time > LONG


def _at_length(part: Part, read: Callable[[int | None], int]) -> int:
    if not _is_long(part):
        return read(None)
    one, other = (read(length) for length in LENGTHS)
    return _later(part, one, other)


def _later(part: Part, one: int, other: int) -> int:
    """Return a figure at a part's own length from those at two LENGTHS, which follow each other."""
    assert part.time is not None
    return one + (part.time - LENGTHS[0]) * (other - one)


def _run(part: Part, batch: int) -> Run:
    if not (_is_long(part) and part.differs_on_processor):
        return part.run(batch)
    one, other = (part.run(batch, length) for length in LENGTHS)
    if (len(one.forward), len(one.backward)) != (len(other.forward), len(other.backward)):
        return part.run(batch)

    def each(read: Callable[[Run], tuple[int, ...]]) -> tuple[int, ...]:
        return tuple(_later(part, *pair) for pair in zip(read(one), read(other), strict=True))

    return Run(
        _later(part, one.multiply_adds, other.multiply_adds),
        each(lambda run: run.outputs),
        other.views,
        _later(part, one.inner, other.inner),
        other.keeps_inputs,
        other.keeps_outputs,
        each(lambda run: run.forward),
        each(lambda run: run.backward),
        each(lambda run: run.gradients),
        other.passes_on,
        each(lambda run: run.workspaces),
        other.time_first,
    )


__all__ = ["FEW", "multiply_adds_of", "runs_of"]
