"""Formulas over what a recurrent block reads and remembers, in a form in which equal formulas are equal values.

A formula is a sum of products, whatever the order and the brackets in which it was drawn: (1 − z) ⊙ n + z ⊙ h and
n + z ⊙ (h − n) are one value.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

MOST_PRODUCTS = 64
"""What multiplies out to more is none of the cells that are looked for."""
MOST_FACTORS = 4
MOST_PIECES = 256
DEEPEST = 2
"""Activations within activations: tanh(… + r ⊙ …) in a GRU, tanh(c) in an LSTM."""


@dataclass(frozen=True)
class Read:
    """Numbers start … stop of what arrives (source 0) or of what the Delay number `source` − 1 holds."""

    source: int
    start: int
    stop: int


@dataclass(frozen=True)
class Weighted:
    """Rows start … stop of a weight matrix times what is read; `column`: the first of its columns that takes part."""

    weight: str
    start: int
    stop: int
    column: int
    read: Read


@dataclass(frozen=True)
class Bias:
    """Numbers start … stop of a bias."""

    bias: str
    start: int
    stop: int


@dataclass(frozen=True)
class Activated:
    """A function, value by value, of a formula."""

    function: str
    of: Formula
    depth: int


@dataclass(frozen=True, eq=False)
class Unknown:
    """Anything else. It equals nothing but itself."""


Atom = Read | Weighted | Bias | Activated | Unknown
Product = frozenset[tuple[Atom, int]]
"""Factors with their powers."""
Formula = frozenset[tuple[Product, float]]
"""Products with their coefficients, none of them 0."""


@dataclass(frozen=True)
class Piece:
    """So many numbers of a vector, each by the same formula."""

    width: int
    formula: Formula


def atom(value: Atom) -> Formula:
    """Return a formula that is one thing."""
    return frozenset({(frozenset({(value, 1)}), 1.0)})


def number(value: float) -> Formula:
    """Return a constant."""
    return frozenset({(frozenset(), value)}) if value else frozenset()


def unknown() -> Formula:
    """Return a formula about which nothing is known."""
    return atom(Unknown())


def added(first: Formula, second: Formula, factor: float = 1.0) -> Formula:
    """Return first + factor · second."""
    total = dict(first)
    for product, coefficient in second:
        total[product] = total.get(product, 0.0) + factor * coefficient
    return _checked(total)


def multiplied(first: Formula, second: Formula) -> Formula:
    """Return the product, multiplied out."""
    if len(first) * len(second) > MOST_PRODUCTS**2:
        return unknown()
    total: dict[Product, float] = {}
    for one, coefficient in first:
        for other, factor in second:
            powers = Counter(dict(one))
            powers.update(dict(other))
            product = frozenset(powers.items())
            total[product] = total.get(product, 0.0) + coefficient * factor
    return _checked(total)


def activated(function: str, formula: Formula) -> Formula:
    """Return a function of a formula."""
    depth = 1 + max((_depth(product) for product, _ in formula), default=0)
    return unknown() if depth > DEEPEST else atom(Activated(function, formula, depth))


def cut(formula: Formula, start: int, stop: int) -> Formula:
    """Return the formula of the numbers start … stop of those that a formula gives; they may lie beyond its end."""
    return frozenset(
        (frozenset((_cut_atom(one, start, stop), power) for one, power in product), coefficient)
        for product, coefficient in formula
    )


def constant(formula: Formula) -> float | None:
    """Return the value of a formula that is a constant."""
    if not formula:
        return 0.0
    ((product, coefficient), *others) = formula
    return coefficient if not others and not product else None


def _cut_atom(one: Atom, start: int, stop: int) -> Atom:
    if isinstance(one, Unknown):
        return Unknown()
    if isinstance(one, Activated):
        return replace(one, of=cut(one.of, start, stop))
    return replace(one, start=one.start + start, stop=one.start + stop)


def _depth(product: Product) -> int:
    return max((one.depth for one, _ in product if isinstance(one, Activated)), default=0)


def _checked(total: dict[Product, float]) -> Formula:
    kept = frozenset((product, coefficient) for product, coefficient in total.items() if coefficient)
    too_many = any(sum(power for _, power in product) > MOST_FACTORS for product, _ in kept)
    return unknown() if too_many or len(kept) > MOST_PRODUCTS else kept


# Vectors: pieces side by side

Vector = tuple[Piece, ...]


def width_of(vector: Vector) -> int:
    """Return how many numbers a vector has."""
    return sum(piece.width for piece in vector)


def joined(pieces: Vector) -> Vector:
    """Return the vector with as few pieces as can be: neighbours whose formulas go on in each other are one."""
    found: list[Piece] = []
    for piece in pieces:
        if len(found) > MOST_PIECES:
            return (Piece(width_of(pieces), unknown()),)
        if found:
            last, width = found[-1], found[-1].width + piece.width
            if cut(last.formula, last.width, width) == piece.formula:
                found[-1] = Piece(width, cut(last.formula, 0, width))
                continue
        found.append(piece)
    return tuple(found)


def part(vector: Vector, start: int, stop: int) -> Vector:
    """Return the numbers start … stop of a vector."""
    found: list[Piece] = []
    begin = 0
    for piece in vector:
        low, high = max(start, begin), min(stop, begin + piece.width)
        if low < high:
            found.append(Piece(high - low, cut(piece.formula, low - begin, high - begin)))
        begin += piece.width
    return tuple(found)


def by_value(function: Callable[[Formula, Formula], Formula], first: Vector, second: Vector) -> Vector:
    """Return a function of two vectors, value by value; a single constant goes with every value."""
    if width_of(first) != width_of(second):
        first, second = _widened(first, width_of(second)), _widened(second, width_of(first))
    if width_of(first) != width_of(second):
        return (Piece(max(width_of(first), width_of(second)), unknown()),)
    found = []
    for start, stop in itertools.pairwise(sorted({0, *ends(first), *ends(second)})):
        (one,), (other,) = part(first, start, stop), part(second, start, stop)
        found.append(Piece(stop - start, function(one.formula, other.formula)))
    return joined(tuple(found))


def each(function: Callable[[Formula], Formula], vector: Vector) -> Vector:
    """Return a function of a vector, value by value."""
    return joined(tuple(Piece(piece.width, function(piece.formula)) for piece in vector))


def _widened(vector: Vector, width: int) -> Vector:
    if len(vector) == 1 and vector[0].width == 1 and constant(vector[0].formula) is not None:
        return (Piece(width, vector[0].formula),)
    return vector


def ends(vector: Vector) -> list[int]:
    """Return where the pieces end."""
    return list(itertools.accumulate(piece.width for piece in vector))
