"""Drawings of one node each: every kind with its defaults and in the variants that matter, family by family.

The tests of shapes, compiling, backpropagation, source and ONNX all run over them.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from tests.kind_examples.example import Example


def examples() -> list[Example]:
    """All examples of all families, in the order of the files' names."""
    found: list[Example] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if module.name != "example":
            found += importlib.import_module(f"{__name__}.{module.name}").EXAMPLES
    return found


def each_example() -> list[Any]:
    """The same as parameters of a test."""
    import pytest

    counts: dict[str, int] = {}
    cases = []
    for example in examples():
        number = counts[example.kind] = counts.get(example.kind, 0) + 1
        cases.append(pytest.param(example, id=f"{example.kind}-{number}"))
    return cases
