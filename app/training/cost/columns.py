"""The columns of the table of costs, as the window, the command line and CSV files show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.training.cost.size_text import bytes_text, count_text
from compiler.cost import CostRow


@dataclass(frozen=True)
class CostColumn:
    """`name`: in CSV and JSON; `title`: for people; `text`: how a person reads a value."""

    name: str
    title: str
    meaning: str
    read: Callable[[CostRow], int]
    text: Callable[[int], str]


COLUMNS = (
    CostColumn("parameters", "Parameters", "Weights and biases.", lambda row: row.parameters, count_text),
    CostColumn(
        "multiply_adds",
        "Multiply-adds",
        "Of the forward pass of one sample, in matrix products, convolutions and attention; the backward pass takes "
        "about twice as many again.",
        lambda row: row.multiply_adds,
        count_text,
    ),
    CostColumn(
        "forward_bytes",
        "Forward",
        "Memory for what the forward pass of the whole batch leaves for the backward pass.",
        lambda row: row.forward,
        bytes_text,
    ),
    CostColumn(
        "backward_bytes",
        "Backward",
        "Memory that the backward pass takes beside that: gradients that arrive and leave, and scratch. Nodes take it "
        "one after the other, so the total is the largest.",
        lambda row: row.backward,
        bytes_text,
    ),
    CostColumn("gradient_bytes", "Gradients", "Memory for ∂L/∂W.", lambda row: row.gradients, bytes_text),
    CostColumn(
        "optimizer_bytes",
        "Optimizer",
        "Memory for what the optimizer remembers of each weight, such as momentum.",
        lambda row: row.optimizer,
        bytes_text,
    ),
)

__all__ = ["COLUMNS", "CostColumn"]
