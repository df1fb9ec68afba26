"""Counts and memory as people read them: 1.23 M, 45.6 MiB."""

from __future__ import annotations

THOUSAND = 1000
KIBI = 1024


def count_text(count: int) -> str:
    """Write a count with three digits: 987, 1.23 k, 45.6 M, 7.89 G."""
    return _with_unit(count, THOUSAND, ("", "k", "M", "G", "T"))


def bytes_text(size: int) -> str:
    """Write a size of memory with three digits: 987 B, 1.23 KiB, 45.6 MiB, 7.89 GiB."""
    return _with_unit(size, KIBI, ("B", "KiB", "MiB", "GiB", "TiB"))


def _with_unit(value: int, step: int, units: tuple[str, ...]) -> str:
    number, place = float(value), 0
    # What would be rounded up to four digits has the next unit.
    while number >= min(step, 999.5) and place < len(units) - 1:
        number, place = number / step, place + 1
    if place == 0:
        text = str(value)
    else:
        decimals = 2 if number < 9.995 else 1 if number < 99.95 else 0
        text = f"{number:.{decimals}f}"
    return f"{text} {units[place]}".rstrip()


__all__ = ["bytes_text", "count_text"]
