"""A process that saves documents until it dies, for the tests of saving.

It reads one order a line and forks a child for each: `until killed PATH`, or `die at N PATH`. The child says `pid N`
first, and `saved N` after each save that was acknowledged; when it is dead its parent says `dead`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy

from graph_model import Document, TrainingSettings, save_document
from tests.drawings import worked_example

SYSTEM_CALLS = ((tempfile, "mkstemp"), *((os, name) for name in ("open", "fsync", "chmod", "replace", "close")))


def heavy_document(seed: int) -> Document:
    """A document of 800 kB that carries a number."""
    document = Document(worked_example(), TrainingSettings(seed=seed))
    document.weights = {"w1.weight": numpy.full(200_000, seed, dtype=numpy.float32)}
    return document


class HalfWriter:
    """A file whose calls count, and which has written half when writing fails."""

    def __init__(self, file: Any, count: Callable[[], None]) -> None:
        self.file, self.count = file, count

    def __enter__(self) -> HalfWriter:
        return self

    def __exit__(self, *details: object) -> None:
        self.file.close()

    def write(self, content: bytes) -> None:
        self.file.write(content[: len(content) // 2])
        self.file.flush()
        self.count()
        self.file.write(content[len(content) // 2 :])

    def flush(self) -> None:
        self.count()
        self.file.flush()

    def fileno(self) -> int:
        return int(self.file.fileno())


@contextlib.contextmanager
def failing_at(number: int, fail: Callable[[], object]) -> Iterator[list[str]]:
    """Let the system call of that number, as saving makes them, fail before it happens; yield the calls' names."""
    made: list[str] = []

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def count(*arguments: Any, **named: Any) -> Any:
            made.append(name)
            if len(made) == number:
                fail()
            return call(*arguments, **named)

        return count

    opened = os.fdopen
    with contextlib.ExitStack() as patches:
        for module, name in SYSTEM_CALLS:
            patches.enter_context(patch.object(module, name, counted(name, getattr(module, name))))
        half = counted("write or flush", lambda: None)
        patches.enter_context(patch.object(os, "fdopen", lambda *a, **k: HalfWriter(opened(*a, **k), half)))
        yield made


def save_until_killed(path: str) -> None:
    """Save, and acknowledge, without end."""
    document = heavy_document(0)
    for number in range(1_000_000):
        document.training = replace(document.training, seed=number)
        save_document(document, path)
        os.write(1, f"saved {number}\n".encode())


def die_at(number: int, path: str) -> None:
    """Save once and die before the system call of that number; say so where there was none such."""
    document = heavy_document(number)
    with failing_at(number, lambda: os._exit(1)) as made:
        save_document(document, path)
    os.write(1, f"saved {len(made)}\n".encode())


def main() -> None:
    """Carry out the orders."""
    save_document(heavy_document(0), sys.argv[1])
    for line in sys.stdin:
        *order, path = line.split()
        child = os.fork()
        if child == 0:
            os.write(1, f"pid {os.getpid()}\n".encode())
            if order[0] == "until":
                save_until_killed(path)
            else:
                die_at(int(order[2]), path)
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()
