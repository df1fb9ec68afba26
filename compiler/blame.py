"""Which node of a drawing is to blame: the first that raises, or that gives values that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx

from compiler.compiled_network import CompiledNetwork


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
        node_ids = self.compiled.nodes_of_call.get(n.name, ())
        names = [self.compiled.names[node_id] for node_id in node_ids] or [n.name]
        try:
            value = super().run_node(n)
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            first_line = str(error).strip().partition("\n")[0]
            raise _Bad(names[0], f"'{names[0]}' failed: {first_line}") from error
        if n.op in ("call_module", "call_function") and isinstance(value, torch.Tensor) and value.is_floating_point():
            for is_bad, words in (
                (torch.isnan(value), "gave values that are not numbers (NaN)."),
                (torch.isinf(value), "gave infinite values."),
            ):
                if bool(is_bad.any()):
                    name = names[_first_column(is_bad) if len(names) > 1 else 0]
                    raise _Bad(name, f"'{name}' {words}")
        return value


def _first_column(is_bad: torch.Tensor) -> int:
    """Which neuron of a column, (batch, neurons), is bad."""
    return int(is_bad.any(dim=0).nonzero()[0])
