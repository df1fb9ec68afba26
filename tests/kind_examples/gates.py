"""Examples of gated connections."""

from __future__ import annotations

from typing import Any

import torch

from tests.kind_examples.example import Example

FUNCTIONS = {"ReLU": torch.relu, "Tanh": torch.tanh}


def mixed(module: Any, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    gate = 1 / (1 + torch.exp(-(x @ module.gate.weight.T + module.gate.bias)))
    return gate * h + (1 - gate) * x


def highway(module: Any, x: torch.Tensor) -> torch.Tensor:
    z = x @ module.transform.weight.T + module.transform.bias
    return mixed(module, x, FUNCTIONS[type(module.transform_activation).__name__](z))


EXAMPLES = [
    Example("Highway", {}, ([6],), reference=highway, comes_back=False),
    Example(
        "Highway", {"transform_activation": "Tanh", "gate_bias": 1.0}, ([5, 7],), reference=highway, comes_back=False
    ),
    Example("GatedResidual", {}, ([6], [6]), reference=mixed, comes_back=False),
    Example("GatedResidual", {"gate_bias": 0.5}, ([5, 7], [5, 7]), reference=mixed, comes_back=False),
]
