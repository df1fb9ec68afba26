"""The text of what torch lacks: exported source carries it, so that it runs without GradCanvas.

A file of compiler.modules stands alone, on torch only; all of it is copied but its imports and its docstring.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterable

OWN = "compiler.modules."


def written_name(dotted: str) -> str:
    """What a dotted name of the catalogue is called in exported source: nn.Linear, torch.cat, or a class of its own."""
    if dotted.startswith(OWN):
        return dotted.rpartition(".")[2]
    return dotted.removeprefix("torch.") if dotted.startswith("torch.nn.") else dotted


def own_texts(dotted_names: Iterable[str]) -> str:
    """Return the text of every file of compiler.modules that one of these names comes from."""
    files = dict.fromkeys(name.rpartition(".")[0] for name in dotted_names if name.startswith(OWN))
    return "".join(f"\n{_text(name)}\n" for name in files)


def own_names(dotted_names: Iterable[str]) -> set[str]:
    """Return the names that these texts define."""
    files = {name.rpartition(".")[0] for name in dotted_names if name.startswith(OWN)}
    return {
        name
        for file in files
        for name, value in vars(importlib.import_module(file)).items()
        if not name.startswith("__") and not inspect.ismodule(value)
    }


def _text(file: str) -> str:
    source = inspect.getsource(importlib.import_module(file))
    lines = source.splitlines()
    kept: list[str] = []
    for position, part in enumerate(ast.parse(source).body):
        is_docstring = position == 0 and isinstance(part, ast.Expr)
        if not is_docstring and not isinstance(part, (ast.Import, ast.ImportFrom)):
            first = min([part.lineno, *(one.lineno for one in getattr(part, "decorator_list", ()))])
            kept.append("\n".join(lines[first - 1 : part.end_lineno]))
    return "\n\n\n".join(kept)
