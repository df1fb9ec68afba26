"""What a kind needs from its inputs, why it cannot work on what arrives, and what would mend that.

This is the one way to say it: numbers of axes as data, `Needs`, and everything else as an `Objection`. The compiler
turns both into sentences and edits without knowing any kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Sizes = Sequence[Any]
"""A shape with the batch first: ("batch", 5, 7)."""
Shapes = Sequence[Sizes | None]
"""What arrives, port after port, or wire after wire of a variadic one; None for an optional port without a wire."""
CAME = "{came}"
"""Stands for what arrives in an objection's words."""


@dataclass(frozen=True)
class Needs:
    """How many axes a kind takes at each of its inputs.

    `ranks`: accepted numbers of axes, the batch included (empty: any). `words`: what is needed, e.g.
    '(batch, channels, height, width)'. `sequence`: three axes are (batch, time, features), and where a vector is needed
    it is that of one time step. `ports`: name of a port -> what it needs, where that differs from the others.
    """

    ranks: tuple[int, ...] = ()
    words: str = ""
    sequence: bool = False
    ports: Mapping[str, Needs] = field(default_factory=dict)


@dataclass(frozen=True)
class Insertion:
    """A node that mends what arrives when it is put into its wire. `input`: which of the shapes it is for. `then`: one
    more node, put behind it."""

    input: int
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    then: Insertion | None = None


@dataclass(frozen=True)
class Objection:
    """Why a kind cannot work on what arrives, and what mends it.

    `words`: follow what arrives: "Conv2d 'c' receives (batch, 1, 8, 8): …". With {came} among them they are the rest of
    the sentence, and what arrives stands there: "Conv2d 'c' receives {came}, but needs …". `at`: only what arrives as
    this one of the shapes is meant. `change`: parameters that mend it; empty if none do. `of_source`: they are those of
    the node that is wired to this one of the shapes. `label`: what the change does, where its values alone do not say
    it; {source} stands for that node. `insertion`: a node that mends it.
    """

    words: str
    change: Mapping[str, Any] = field(default_factory=dict)
    of_source: int | None = None
    insertion: Insertion | None = None
    at: int | None = None
    label: str = ""
