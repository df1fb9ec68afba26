"""Which node of a drawing is to blame: the first that raises, or that gives values that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx, nn

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
            raise _Bad(names[0], f"'{names[0]}' {self._reason(n, error)}") from error
        if n.op in ("call_module", "call_function") and isinstance(value, torch.Tensor) and value.is_floating_point():
            for is_bad, words in (
                (torch.isnan(value), "gave values that are not numbers (NaN)."),
                (torch.isinf(value), "gave infinite values."),
            ):
                if bool(is_bad.any()):
                    name = names[_first_column(is_bad) if len(names) > 1 else 0]
                    raise _Bad(name, f"'{name}' {words}")
        return value

    def _reason(self, n: fx.Node, error: Exception) -> str:
        """Why a call failed: in our words for an index that an embedding does not have, else in torch's."""
        module = self.fetch_attr(str(n.target)) if n.op == "call_module" else None
        if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
            (indices, *_), _ = self.fetch_args_kwargs_from_env(n)
            outside = indices[(indices < 0) | (indices >= module.num_embeddings)]
            if outside.numel():
                return (
                    f"received the index {int(outside[0])}, but has {module.num_embeddings} entries, 0 to "
                    f"{module.num_embeddings - 1}: make num_embeddings larger, or feed it whole numbers below it."
                )
        return "failed: " + str(error).strip().partition("\n")[0]


def _first_column(is_bad: torch.Tensor) -> int:
    """Which neuron of a column, (batch, neurons), is bad."""
    return int(is_bad.any(dim=0).nonzero()[0])
