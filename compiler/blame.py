"""Which node of a drawing is to blame: the first that raises, or that gives values that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx

from compiler.build import CompiledNetwork


def first_bad(module: CompiledNetwork, inputs: Sequence[torch.Tensor]) -> tuple[str, str] | None:
    """Run a module step by step and return (node name, sentence) of the first node that fails, or None.

    A node fails if it raises, or gives NaN or an infinite value. Running statistics are left as they were.
    """
    buffers = [(buffer, buffer.clone()) for buffer in module.buffers()]
    try:
        with torch.no_grad():
            _Watcher(module).run(*inputs)
    except _Bad as bad:
        return bad.name, bad.sentence
    finally:
        for buffer, former in buffers:
            buffer.copy_(former)
    return None


class _Bad(Exception):
    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence


class _Watcher(fx.Interpreter):
    """Runs call after call and stops at the first bad one."""

    def __init__(self, module: CompiledNetwork) -> None:
        super().__init__(module)
        self.compiled = module

    def run_node(self, n: fx.Node) -> Any:
        node_id = self.compiled.node_of_call.get(n.name)
        name = self.compiled.names.get(node_id or "", n.name)
        try:
            value = super().run_node(n)
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            first_line = str(error).strip().partition("\n")[0]
            raise _Bad(name, f"'{name}' failed: {first_line}") from error
        if n.op != "output" and isinstance(value, torch.Tensor) and value.is_floating_point():
            if bool(torch.isnan(value).any()):
                raise _Bad(name, f"'{name}' gave values that are not numbers (NaN).")
            if bool(torch.isinf(value).any()):
                raise _Bad(name, f"'{name}' gave infinite values.")
        return value
