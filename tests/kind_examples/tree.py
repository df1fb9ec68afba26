"""Examples of the recursive network; the reference joins one pair of one sample after the other."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.kind_examples.example import Example


def by_recursion(function: Any) -> Any:
    def join(weights: dict[str, torch.Tensor], left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        both = torch.cat([left, right])
        z = weights["weight"] @ both + weights["bias"]
        if "tensor" in weights:
            z = z + torch.stack([both @ matrix @ both for matrix in weights["tensor"]])
        return function(z)

    def root(weights: dict[str, torch.Tensor], parts: list[torch.Tensor]) -> torch.Tensor:
        if len(parts) == 1:
            return parts[0]
        joined = [join(weights, *parts[place : place + 2]) for place in range(0, len(parts) - 1, 2)]
        return root(weights, joined + (parts[-1:] if len(parts) % 2 else []))

    def reference(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
        return torch.stack([root(dict(module.named_parameters()), list(sample)) for sample in x])

    return reference


def tree(parameters: dict[str, Any], shape: list[int], function: Any) -> Example:
    return Example("RecursiveTree", parameters, (shape,), reference=by_recursion(function), comes_back=False)


EXAMPLES = [
    tree({}, [4, 3], torch.tanh),
    tree({"tensor": True}, [7, 3], torch.tanh),
    tree({"nonlinearity": "relu"}, [5, 2], torch.relu),
    tree({"nonlinearity": "sigmoid", "tensor": True}, [2, 4], torch.sigmoid),
]
