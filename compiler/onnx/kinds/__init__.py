"""Kinds that no single ONNX operator expresses: one function for each, found by "<module>.<function>".

Such a function takes (emitter, step, inputs, what) and returns the name of the tensor that it gives, or a list of them
for a kind with several outputs. `inputs`: tensors, port after port, "" for what is not wired; `what`: None if its
result is the node's own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from compiler.onnx.emitter import Emitter
from compiler.program import Step

EmitKind = Callable[[Emitter, Step, list[str], str | None], str | list[str]]


def emitter_named(name: str) -> EmitKind:
    """Return the function that a declaration names."""
    module, _, function = name.partition(".")
    found: EmitKind = getattr(importlib.import_module(f"compiler.onnx.kinds.{module}"), function)
    return found
