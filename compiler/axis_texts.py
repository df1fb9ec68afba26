"""How the size of an axis follows from the lengths of dynamic axes, in words: time, time/2, time − 2, height·width.

The sizes come from running the drawing at several lengths. The simplest formula that gives them all is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

LARGEST_DIVISOR = 64
LARGEST_REST = 2


class NamedSize(int):
    """A size that follows from dynamic axes: a number as drawn, and written as its formula. It equals what is written
    alike, and no plain number, for at other lengths they differ."""

    text: str

    def __new__(cls, size: int, text: str) -> NamedSize:
        made = super().__new__(cls, size)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedSize) and int(self) == int(other) and self.text == other.text

    def __hash__(self) -> int:
        return hash((int(self), self.text))


@dataclass(frozen=True)
class Samples:
    """The size of one axis at several lengths of one dynamic axis. `lengths` and `sizes` go together; those as drawn
    come first, those of the greatest length last."""

    lengths: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def slope(self) -> Fraction:
        """By how much it grows, between the first and the last length."""
        return Fraction(self.sizes[-1] - self.sizes[0], self.lengths[-1] - self.lengths[0])

    @property
    def is_proportional(self) -> bool:
        """Whether it grows as the length does."""
        pairs = zip(self.lengths, self.sizes, strict=True)
        return all(size * self.lengths[0] == length * self.sizes[0] for length, size in pairs)

    @property
    def follows(self) -> bool:
        """Whether it depends on the length at all."""
        return any(size != self.sizes[0] for size in self.sizes)


def axis_text(size: int, by_name: Mapping[str, Samples]) -> str:
    """Return the formula of an axis that is `size` long as drawn; the number itself where it follows nothing."""
    following = {name: samples for name, samples in by_name.items() if samples.follows}
    if not following:
        return str(size)
    if len(following) == 1:
        ((name, samples),) = following.items()
        return _of_one(name, samples) or f"f({name})"
    return _of_several(size, following) or f"f({', '.join(following)})"


@lru_cache(maxsize=4_096)
def _of_one(name: str, samples: Samples) -> str | None:
    pairs = list(zip(samples.lengths, samples.sizes, strict=True))
    straight = _straight(name, samples.slope, pairs)
    if straight is not None:
        return straight
    factor = Fraction(samples.sizes[0], samples.lengths[0] ** 2)
    if all(size == factor * length**2 for length, size in pairs):
        return _times(factor, f"{name}²")
    return _in_whole_parts(name, pairs)


def _in_whole_parts(name: str, pairs: Sequence[tuple[int, int]]) -> str | None:
    """So many whole parts of the length, several times: 2·⌊(time − 1)/3⌋ + 1."""
    growth = pairs[-1][1] - pairs[0][1]
    for divisor, largest_rest, shift in _candidates():
        parts = [(length + shift) // divisor for length, _ in pairs]
        more = parts[-1] - parts[0]
        if more == 0 or growth % more:
            continue
        factor = growth // more
        rest = pairs[0][1] - factor * parts[0]
        if abs(rest) <= largest_rest and all(
            factor * part + rest == size for part, (_, size) in zip(parts, pairs, strict=True)
        ):
            return _times(Fraction(factor), f"⌊{_shifted(name, shift)}/{divisor}⌋") + _signed(rest)
    return None


def _straight(name: str, slope: Fraction, pairs: Sequence[tuple[int, int]]) -> str | None:
    """A straight line through all points."""
    first_length, first_size = pairs[0]
    start = first_size - slope * first_length
    if any(start + slope * length != size for length, size in pairs):
        return None
    if start.denominator == 1:
        return _times(slope, name) + _signed(int(start))
    shift = start / slope
    if shift.denominator == 1:
        return _times(slope, _shifted(name, int(shift)))
    return None


def _of_several(size: int, following: Mapping[str, Samples]) -> str | None:
    """A product, or a sum, of several lengths."""
    product = 1
    for samples in following.values():
        product *= samples.lengths[0]
    factor = Fraction(size, product)
    if all(samples.is_proportional for samples in following.values()):
        return _times(factor, "·".join(following))
    rest = Fraction(size)
    parts = []
    for name, samples in following.items():
        if _straight(name, samples.slope, list(zip(samples.lengths, samples.sizes, strict=True))) is None:
            return None
        rest -= samples.slope * samples.lengths[0]
        parts.append(_times(samples.slope, name))
    return " + ".join(parts) + _signed(int(rest)) if rest.denominator == 1 else None


def _times(factor: Fraction, text: str) -> str:
    multiplied = text if factor.numerator == 1 else f"{factor.numerator}·{text}"
    return multiplied if factor.denominator == 1 else f"{multiplied}/{factor.denominator}"


def _signed(number: int) -> str:
    return "" if number == 0 else f" {'+' if number > 0 else '−'} {abs(number)}"


def _shifted(name: str, shift: int) -> str:
    return name if shift == 0 else f"({name}{_signed(shift)})"


@cache
def _candidates() -> list[tuple[int, int, int]]:
    """Divisor, largest rest and shift, the likely ones first: layers that halve make powers of two."""
    found = []
    for divisor in sorted(range(2, LARGEST_DIVISOR + 1), key=lambda number: (number & (number - 1) != 0, number)):
        shifts = [0, *(sign * number for number in range(1, divisor) for sign in (-1, 1))]
        found += [(divisor, rest, shift) for rest in (0, LARGEST_REST) for shift in shifts]
    return found
