"""What a run over a long sequence would show, from runs over a few time steps.

What is recurrent does the same at each time step, and torch says so operator by operator: with hundreds of them a run
takes seconds even where no number is computed. All that it shows is so much, and so much more for each time step.
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.cost.part import Part, Run

LENGTHS = (4, 5)
"""Time steps: the first, the last, and some between."""
LONG = 18
"""Time steps of which all are run: shorter runs would not take less in sum."""
FEW, MANY = (2, 3), (64, 65)
"""Sizes of the batch: small ones, for what only a processor can run."""


Pair = tuple[tuple[int, int], tuple[Run, Run]]
"""Two sizes of the batch, and what a run with each shows."""


def runs_of(part: Part) -> list[Pair]:
    """Return what runs with few samples show; where long sequences are read operator by operator, also with many.

    Of such a run two moments are known, the last of the forward pass, where the answers of all time steps are laid side
    by side, and the highest. With few samples that is where the weights' gradients are made, with many where most
    samples' values are there: each pair of batches says how its own grows.
    """
    if not _is_long(part):
        return [(FEW, (part.run(FEW[0]), part.run(FEW[1])))]
    few = _short_runs(part, FEW)
    one, other = few[0]
    is_unrolled = (len(one.forward), len(one.backward)) != (len(other.forward), len(other.backward))
    found = [(FEW, few), (MANY, _short_runs(part, MANY))] if is_unrolled else [(FEW, few)]
    return [(batches, (_long_run(part, *first), _long_run(part, *second))) for batches, (first, second) in found]


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


def _short_runs(part: Part, batches: tuple[int, int]) -> tuple[tuple[Run, Run], tuple[Run, Run]]:
    """For each size of the batch the runs of both LENGTHS."""
    first, second = ((part.run(batch, LENGTHS[0]), part.run(batch, LENGTHS[1])) for batch in batches)
    return first, second


def _long_run(part: Part, one: Run, other: Run) -> Run:
    def each(read: Callable[[Run], tuple[int, ...]]) -> tuple[int, ...]:
        return tuple(_later(part, *pair) for pair in zip(read(one), read(other), strict=True))

    def moments(short: tuple[int, ...], long: tuple[int, ...], *more: int) -> tuple[int, ...]:
        if len(short) == len(long):
            return tuple(_later(part, *pair) for pair in zip(short, long, strict=True))
        return _later(part, max(short), max(long)), *more

    return Run(
        _later(part, one.multiply_adds, other.multiply_adds),
        each(lambda run: run.outputs),
        other.views,
        _later(part, one.inner, other.inner),
        other.keeps_inputs,
        other.keeps_outputs,
        moments(one.forward, other.forward, _later(part, one.forward[-1], other.forward[-1])),
        moments(one.backward, other.backward),
        each(lambda run: run.gradients),
        other.passes_on,
        each(lambda run: run.workspaces),
        other.time_first,
    )


__all__ = ["FEW", "Pair", "multiply_adds_of", "runs_of"]
