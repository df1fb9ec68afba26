"""The parameters of a kind: type, default, range and one-line meaning, and the check of a value.

A parameter's `validate` returns the value in its canonical form (a plain JSON value) or raises `EditError`
with a sentence that says what would be accepted. The same check serves the inspector, scripts and document
files.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph_model.errors import EditError

LARGEST_SIZE = 2**31 - 1
LONGEST_TEXT = 10_000
NAMELESS = "-"
BATCH_NAME = "batch"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: its default, its meaning in one line, and whether None is a value of its own."""

    default: Any = None
    meaning: str = ""
    optional: bool = False
    unit: str = ""
    relevant_if: tuple[str, tuple[Any, ...]] | None = None
    """(other parameter, values): the parameter matters only while the other has one of the values."""
    name: str = ""

    def validate(self, value: Any) -> Any:
        """Return the value in canonical form; raise EditError with the reason if it cannot be taken."""
        if value is None:
            if self.optional:
                return None
            raise EditError(f"{self.name} needs a value: {self.expected()}.")
        return self.clean(value)

    def clean(self, value: Any) -> Any:
        """Return a value that is not None in canonical form; raise EditError if it cannot be taken."""
        raise NotImplementedError

    def expected(self) -> str:
        """Say in a few words what is accepted, e.g. 'a whole number of at least 1'."""
        raise NotImplementedError

    def refuse(self, value: Any) -> EditError:
        """Make the error for a value that is not accepted."""
        shown = repr(value)
        if len(shown) > 60:
            shown = shown[:57] + "..."
        return EditError(f"{self.name} must be {self.expected()}, not {shown}.")

    def is_relevant(self, values: Any) -> bool:
        """Whether the parameter matters, given all values of the node."""
        if self.relevant_if is None:
            return True
        other, accepted = self.relevant_if
        return values.get(other) in accepted


def _is_whole_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return True
    return hasattr(value, "__index__") or (isinstance(value, float) and value.is_integer())


def _range_words(minimum: float | None, maximum: float | None, exclusive_minimum: bool = False) -> str:
    if minimum is not None and maximum is not None:
        lower = "above" if exclusive_minimum else "from"
        return f" {lower} {_written(minimum)} up to {_written(maximum)}"
    if minimum is not None:
        return f" {'above' if exclusive_minimum else 'of at least'} {_written(minimum)}"
    if maximum is not None:
        return f" of at most {_written(maximum)}"
    return ""


def _written(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


@dataclass(frozen=True, kw_only=True)
class Integer(Parameter):
    """A whole number within a range."""

    minimum: int | None = None
    maximum: int | None = LARGEST_SIZE

    def clean(self, value: Any) -> int:
        if not _is_whole_number(value):
            raise self.refuse(value)
        number = int(value)
        if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
            raise self.refuse(value)
        return number

    def expected(self) -> str:
        shown_maximum = None if self.maximum == LARGEST_SIZE else self.maximum
        return "a whole number" + _range_words(self.minimum, shown_maximum)


@dataclass(frozen=True, kw_only=True)
class Real(Parameter):
    """A finite real number within a range."""

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False

    def clean(self, value: Any) -> float:
        if isinstance(value, (bool, str)):
            raise self.refuse(value)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise self.refuse(value) from None
        if not math.isfinite(number):
            raise self.refuse(value)
        if self.minimum is not None and (number < self.minimum or (self.exclusive_minimum and number == self.minimum)):
            raise self.refuse(value)
        if self.maximum is not None and number > self.maximum:
            raise self.refuse(value)
        return number

    def expected(self) -> str:
        return "a number" + _range_words(self.minimum, self.maximum, self.exclusive_minimum)


@dataclass(frozen=True, kw_only=True)
class Reals(Parameter):
    """A list of `count` real numbers, each within a range."""

    count: int = 2
    minimum: float | None = None
    maximum: float | None = None

    def clean(self, value: Any) -> list[float]:
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != self.count:
            raise self.refuse(value)
        each = Real(name=self.name, minimum=self.minimum, maximum=self.maximum)
        return [each.clean(entry) for entry in value]

    def expected(self) -> str:
        return f"a list of {self.count} numbers" + _range_words(self.minimum, self.maximum)


@dataclass(frozen=True, kw_only=True)
class Boolean(Parameter):
    """Yes or no."""

    def clean(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise self.refuse(value)

    def expected(self) -> str:
        return "true or false"


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of a fixed list of words."""

    choices: tuple[str, ...] = ()

    def clean(self, value: Any) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        raise self.refuse(value)

    def expected(self) -> str:
        return "one of " + ", ".join(self.choices)


@dataclass(frozen=True, kw_only=True)
class Text(Parameter):
    """A line of text."""

    def clean(self, value: Any) -> str:
        if isinstance(value, str) and len(value) <= LONGEST_TEXT:
            return value
        raise self.refuse(value)

    def expected(self) -> str:
        return "a text"


@dataclass(frozen=True, kw_only=True)
class AxisNames(Text):
    """Names for some of the axes of a shape, in its order, separated by commas; "-" for an axis without a name."""

    def clean(self, value: Any) -> str:
        if isinstance(value, str) and not value.strip():
            return ""
        names = [name.strip() for name in super().clean(value).split(",")]
        if not all(name == NAMELESS or name.isidentifier() for name in names) or BATCH_NAME in names:
            raise self.refuse(value)
        named = [name for name in names if name != NAMELESS]
        if len(set(named)) < len(named):
            raise self.refuse(value)
        return ", ".join(names) if named else ""

    def expected(self) -> str:
        return (
            f"different names separated by commas, '{NAMELESS}' for an axis without one, e.g. time or -, height, width"
        )


def axis_names(written: str) -> list[str]:
    """Return the name of each axis, "" for one without."""
    names = [name.strip() for name in written.split(",")]
    return ["" if name == NAMELESS else name for name in names]


def _whole_numbers(value: Any) -> list[int] | None:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        return None
    if not all(_is_whole_number(entry) for entry in value):
        return None
    return [int(entry) for entry in value]


@dataclass(frozen=True, kw_only=True)
class Size(Parameter):
    """A size along each of `dimensions` axes: one whole number for all, or a list with one for each."""

    dimensions: int = 2
    minimum: int = 1
    maximum: int = 65_536

    def clean(self, value: Any) -> int | list[int]:
        if _is_whole_number(value):
            number = int(value)
            if self.minimum <= number <= self.maximum:
                return number
            raise self.refuse(value)
        numbers = _whole_numbers(value)
        if numbers is None or len(numbers) != self.dimensions:
            raise self.refuse(value)
        if not all(self.minimum <= number <= self.maximum for number in numbers):
            raise self.refuse(value)
        return numbers[0] if len(set(numbers)) == 1 else numbers

    def expected(self) -> str:
        each = f"whole number of at least {self.minimum}"
        if self.dimensions == 1:
            return f"a {each}"
        return f"a {each}, or a list of {self.dimensions} of them"


@dataclass(frozen=True, kw_only=True)
class Shape(Parameter):
    """The shape of one sample: a list of sizes, without the batch."""

    largest_rank: int = 6

    def clean(self, value: Any) -> list[int]:
        numbers = _whole_numbers([value] if _is_whole_number(value) else value)
        if not numbers or len(numbers) > self.largest_rank or math.prod(numbers) > LARGEST_SIZE:
            raise self.refuse(value)
        if not all(1 <= number <= LARGEST_SIZE for number in numbers):
            raise self.refuse(value)
        return numbers

    def expected(self) -> str:
        return "a list of whole numbers of at least 1, e.g. [64] or [1, 8, 8]"


@dataclass(frozen=True, kw_only=True)
class Pairs(Parameter):
    """A set of pairs of whole numbers of at least 0, kept in order; an empty one is None."""

    def validate(self, value: Any) -> Any:
        return super().validate(value) or None

    def clean(self, value: Any) -> list[list[int]]:
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            raise self.refuse(value)
        pairs = [_whole_numbers(entry) for entry in value]
        if any(pair is None or len(pair) != 2 or min(pair) < 0 or max(pair) > LARGEST_SIZE for pair in pairs):
            raise self.refuse(value)
        return [list(pair) for pair in sorted({tuple(pair) for pair in pairs if pair is not None})]

    def expected(self) -> str:
        return "a list of pairs of whole numbers, e.g. [[0, 3], [1, 2]]"


def complete_values(parameters: dict[str, Parameter], given: dict[str, Any], owner: str) -> dict[str, Any]:
    """Return a value for every declared parameter: the given ones, checked, and defaults for the rest.

    Raises EditError for a name that is not declared (naming `owner`) or a value that is refused.
    """
    for name in given:
        if name not in parameters:
            known = ", ".join(parameters) or "no parameters"
            raise EditError(f"{owner} has no parameter '{name}'; it has {known}.")
    return {
        name: parameter.validate(given[name]) if name in given else parameter.default
        for name, parameter in parameters.items()
    }
