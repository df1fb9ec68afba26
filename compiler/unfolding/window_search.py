"""How a window must move along an axis to see what neurons see: kernel, stride, padding and dilation by search."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from compiler.unfolding.fields import Axis

MOST_BEYOND = 16
"""How many taps a kernel may have beyond the widest field that is seen; they would all lie in the padding."""
LARGEST_DILATION = 16
"""The dilation is tried up to here where no field shows it by seeing two numbers."""

Field = tuple[int, ...]


def axes_that_see(
    fields: Sequence[Field], size: int, *, stride_of_one: bool, ceil_mode: bool = False
) -> Iterator[Axis]:
    """Yield the ways to see exactly these fields of an axis of `size` numbers, the simplest first.

    `fields`: the indices that each position sees, ascending. A stride that nothing shows is taken as 1 with
    `stride_of_one`, else as the kernel's size.
    """
    filled = [position for position, field in enumerate(fields) if field]
    if not filled:
        return
    widest = max(map(len, fields))
    for dilation in _dilations(fields, size):
        for kernel in _kernels(fields, size, dilation, widest):
            if kernel == 1 and dilation > 1:
                continue
            window = Axis(size, kernel, 1 if stride_of_one else kernel, 0, dilation, ceil_mode)
            for stride, padding in _moves(fields, filled, window):
                axis = replace(window, stride=stride, padding=padding)
                if _sees(axis, fields):
                    yield axis


def _sees(axis: Axis, fields: Sequence[Field]) -> bool:
    return (
        axis.padding >= 0
        and axis.positions() == len(fields)
        and all(tuple(index for _, index in axis.field(position)) == field for position, field in enumerate(fields))
    )


def _dilations(fields: Iterable[Field], size: int) -> Iterable[int]:
    gaps = {after - before for field in fields for before, after in itertools.pairwise(field)}
    if not gaps:
        return range(1, min(size, LARGEST_DILATION) + 1)
    return gaps if len(gaps) == 1 else ()


def _kernels(fields: Iterable[Field], size: int, dilation: int, widest: int) -> Iterable[int]:
    """A field with room on either side of it shows the whole kernel."""
    whole = {len(field) for field in fields if field and field[0] >= dilation and field[-1] + dilation < size}
    if not whole:
        return range(widest, widest + MOST_BEYOND + 1)
    return whole if whole == {widest} else ()


def _starts(field: Field, window: Axis) -> list[int]:
    """Return where the window may begin, in the padding or not, to see a field."""
    kernel, dilation = window.kernel, window.dilation
    first_taps = set(range(kernel - len(field) + 1))
    if field[0] >= dilation:
        first_taps &= {0}
    if field[-1] + dilation < window.size:
        first_taps &= {kernel - len(field)}
    return [field[0] - tap * dilation for tap in sorted(first_taps)]


def _moves(fields: Sequence[Field], filled: list[int], window: Axis) -> Iterator[tuple[int, int]]:
    """Yield (stride, padding) by which the window begins where the first and the last field show it."""
    first, last = filled[0], filled[-1]
    for start in _starts(fields[first], window):
        if first == last:
            for stride in (window.stride, *range(1, window.size + 2 * MOST_BEYOND)):
                if _sees(replace(window, stride=stride, padding=first * stride - start), fields):
                    yield stride, first * stride - start
                    break
            continue
        for end in _starts(fields[last], window):
            stride, rest = divmod(end - start, last - first)
            if rest == 0 and stride > 0:
                yield stride, first * stride - start
