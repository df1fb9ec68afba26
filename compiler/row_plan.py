"""Where each weight on a wire, and each bias, of a column of neurons is kept: among its own trained numbers, among its
fixed ones, or with the column that owns a tied one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]

FIXED = ""
"""Stands for the owner of a number that is not trained."""


@dataclass(frozen=True)
class Row:
    """Where the numbers of a row are kept: see compiler.modules.neurons.Shared.

    `names`: the document's names of what the row consists of; `sizes`: how many numbers each is (0: a single one).
    `where`: for each number of the row its place among the trained, the fixed, and the trained ones of `others`
    (columns that own a shared number, by name). `trained`, `fixed`: how many of them are this column's.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    where: Array
    trained: int
    fixed: int
    others: tuple[str, ...]
    tied: bool

    @property
    def starts(self) -> list[int]:
        """Where each name's numbers begin in the row."""
        return [0, *itertools.accumulate(max(1, size) for size in self.sizes)][: len(self.sizes)]

    @property
    def is_plain(self) -> bool:
        """Whether every number is trained and its own."""
        return not self.fixed and not self.tied


class Owners:
    """Which column owns a tied number, and how many trained numbers each column has."""

    def __init__(self) -> None:
        self.of_tie: dict[tuple[str, int], tuple[str, int]] = {}
        self.trained: dict[str, int] = {}


class RowBuilder:
    """Finds a place for one number after the other. A tied number belongs to the first column that has it."""

    def __init__(self, column: str, owners: Owners) -> None:
        self.column = column
        self.owners = owners
        self.names: list[str] = []
        self.sizes: list[int] = []
        self.owned_by: list[str] = []
        self.indices: list[int] = []
        self.trained = self.fixed = 0
        self.tied = False

    def add(self, name: str, size: int, trainable: bool, tie: str | None) -> None:
        """Add the numbers of one wire, or one bias."""
        self.names.append(name)
        self.sizes.append(size)
        size = max(1, size)
        if not trainable:
            self.owned_by += [FIXED] * size
            self.indices += range(self.fixed, self.fixed + size)
            self.fixed += size
        elif tie is None:
            self.owned_by += [self.column] * size
            self.indices += range(self.trained, self.trained + size)
            self.trained += size
        else:
            for index in range(size):
                self._add_tied((tie, index))

    def row(self) -> Row:
        """Return the finished row."""
        self.owners.trained[self.column] = self.trained
        others = tuple(key for key in dict.fromkeys(self.owned_by) if key not in (FIXED, self.column))
        starts = {self.column: 0, FIXED: self.trained}
        start = self.trained + self.fixed
        for other in others:
            starts[other] = start
            start += self.owners.trained[other]
        offsets = numpy.array([starts[key] for key in self.owned_by], dtype=numpy.int64)
        where = offsets + numpy.array(self.indices, dtype=numpy.int64)
        return Row(tuple(self.names), tuple(self.sizes), where, self.trained, self.fixed, others, self.tied)

    def _add_tied(self, key: tuple[str, int]) -> None:
        self.tied = True
        if key not in self.owners.of_tie:
            self.owners.of_tie[key] = (self.column, self.trained)
            self.trained += 1
        owner, index = self.owners.of_tie[key]
        self.owned_by.append(owner)
        self.indices.append(index)
