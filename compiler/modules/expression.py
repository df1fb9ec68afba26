"""An arithmetic formula over tensors, computed from a tree of plain data.

The class stands alone, on torch only: exported source carries its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.nn import functional

EXPRESSION_OPERATIONS: dict[str, Callable[..., torch.Tensor]] = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "power": torch.pow,
    "negate": torch.neg,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sin": torch.sin,
    "cos": torch.cos,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "softplus": functional.softplus,
    "erf": torch.erf,
    "minimum": torch.minimum,
    "maximum": torch.maximum,
}


class Expression(nn.Module):
    """A formula, value by value.

    `expression`: its text, only to be read by people. `inputs`: the names of the inputs in the order in which forward
    takes them. `tree`: a number, an input's name, or (operation, operand, …). Takes and gives (batch, …).
    """

    def __init__(self, expression: str, inputs: Sequence[str], tree: object) -> None:
        super().__init__()
        self.expression = expression
        self.inputs = tuple(inputs)
        self.tree = tree

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Return the formula's value, (batch, …)."""
        return self._value(self.tree, dict(zip(self.inputs, inputs, strict=True)), inputs[0])

    def _value(self, tree: object, named: dict[str, torch.Tensor], like: torch.Tensor) -> torch.Tensor:
        if isinstance(tree, str):
            return named[tree]
        if isinstance(tree, tuple):
            operands = [self._value(operand, named, like) for operand in tree[1:]]
            return EXPRESSION_OPERATIONS[tree[0]](*operands)
        return torch.as_tensor(tree, dtype=like.dtype, device=like.device)

    def extra_repr(self) -> str:
        """Return the formula's text."""
        return self.expression
