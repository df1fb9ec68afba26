"""The values that a drawing consists of: nodes and wires. An edit puts new ones in their place."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph_model.errors import EditError

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a drawing.

    `id`: an identifier made from the first name; never re-used, stable under renaming; weights are keyed by
    it.
    `parameters`: a value for every parameter of the kind. `position`: the node's centre, in scene units.
    `order`: its place in the order of adding.
    """

    id: str
    kind: str
    name: str
    parameters: Mapping[str, Any]
    position: tuple[float, float]
    order: int

    def __hash__(self) -> int:
        return hash(self.id)

    def with_parameters(self, parameters: Mapping[str, Any]) -> Node:
        """Return the node with other values for some parameters."""
        return replace(self, parameters={**self.parameters, **parameters})


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire, from an output port of a node to an input port of another.

    `element`: which number of its source it carries, counted through all axes of a sample as if laid flat
    (None: all of it). `weight`: the initial weight on a wire to a neuron: a number, one number for each element,
    or None for a random start. `order`: its place in the order of connecting. `trainable`: whether training
    changes the weight. `tie`: wires with the same label share one weight.
    """

    id: str
    source: str
    target: str
    output: int
    input: int
    element: int | None
    weight: float | tuple[float, ...] | None
    order: int
    trainable: bool = True
    tie: str | None = None


def clean_name(name: Any) -> str:
    """Return a node's name without surrounding blanks; raise EditError for one that cannot be a name."""
    if not isinstance(name, str):
        raise EditError(f"A name must be a text, not {name!r}.")
    cleaned = name.strip()
    if not cleaned:
        raise EditError("A name cannot be empty.")
    if len(cleaned) > LONGEST_NAME:
        raise EditError(f"A name can have at most {LONGEST_NAME} characters; this one has {len(cleaned)}.")
    if "/" in cleaned or not cleaned.isprintable():
        raise EditError(f"The name {cleaned!r} contains a slash or an invisible character, which a name cannot have.")
    return cleaned


def clean_position(position: Any) -> tuple[float, float]:
    """Return a position as two finite numbers; raise EditError otherwise."""
    try:
        x, y = (float(coordinate) for coordinate in position)
    except (TypeError, ValueError, OverflowError):
        raise EditError(f"A position must be two numbers, not {position!r}.") from None
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) < 1e9 and abs(y) < 1e9):
        raise EditError(f"A position must be two finite numbers, not ({x}, {y}).")
    return (x, y)


def clean_element(element: Any) -> int | None:
    """Return the element that a wire picks, or None; raise EditError otherwise."""
    if element is None:
        return None
    if isinstance(element, bool) or not hasattr(element, "__index__") or not 0 <= int(element) < 2**31:
        raise EditError(f"The element that a wire picks must be a whole number of at least 0, not {element!r}.")
    return int(element)


def clean_trainable(trainable: Any) -> bool:
    """Return whether a weight is trained; raise EditError for anything but true or false."""
    if not isinstance(trainable, bool):
        raise EditError(f"Whether a weight is trained must be true or false, not {trainable!r}.")
    return trainable


def clean_tie(tie: Any) -> str | None:
    """Return the label by which weights are tied, or None; raise EditError for one that cannot be a label."""
    if tie is None or (isinstance(tie, str) and not tie.strip()):
        return None
    if not isinstance(tie, str) or len(tie.strip()) > LONGEST_NAME or not tie.strip().isprintable():
        raise EditError(f"A tie must be a text of at most {LONGEST_NAME} characters, not {tie!r}.")
    return tie.strip()


def clean_weight(weight: Any) -> float | tuple[float, ...] | None:
    """Return a wire's weight: None, a finite number, or a tuple of them; raise EditError otherwise."""
    if weight is None:
        return None
    try:
        if isinstance(weight, Sequence) and not isinstance(weight, str):
            numbers = tuple(float(entry) for entry in weight)
            if numbers and all(math.isfinite(entry) for entry in numbers):
                return numbers
        elif not isinstance(weight, (bool, str)) and math.isfinite(float(weight)):
            return float(weight)
    except (TypeError, ValueError, OverflowError):
        pass
    raise EditError(f"A weight must be a finite number, or one for each element, not {weight!r}.")


def free_name(base: str, taken: Container[str]) -> str:
    """Return `base`, or `base 2`, `base 3`, ... with a number that is not taken, nor any above it up to a
    gap.

    Doubling steps and then halving ones find it quickly among thousands of names.
    """
    if base not in taken:
        return base
    stem = re.sub(r" \d+$", "", base)
    last_taken, free = 1, 2
    while f"{stem} {free}" in taken:
        last_taken, free = free, free * 2
    while free - last_taken > 1:
        middle = (last_taken + free) // 2
        if f"{stem} {middle}" in taken:
            last_taken = middle
        else:
            free = middle
    return f"{stem} {free}"


def is_usable_identifier(identifier: str) -> bool:
    """Whether an id can name a part of the compiled module.

    Python reads identifiers in Unicode's normal form NFKC, so that two ids of one normal form would be one; the
    module's own parts begin with an underscore; its methods call it `self`.
    """
    return (
        identifier.isidentifier()
        and identifier[0].isalpha()
        and not keyword.iskeyword(identifier)
        and identifier != "self"
        and unicodedata.is_normalized("NFKC", identifier)
    )


def identifier_from_name(name: str) -> str:
    """Return a Python identifier that reads like the name: 'hidden 1' -> 'hidden_1'."""
    identifier = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name)).strip("_")
    if not identifier or not (identifier[0].isalpha()):
        identifier = f"node_{identifier}".rstrip("_")
    if not identifier.isidentifier():
        identifier = "node"
    return identifier if is_usable_identifier(identifier) else f"{identifier}_"
