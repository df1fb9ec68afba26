"""What an optimizer makes of a gradient, as plain values: the table of the lectures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class UpdateRow:
    """One weight at one step: `new_weight` = `weight` + `change`.

    `step`: from 1. `gradient`: ∂L/∂w, averaged over the examples. `decay`: what weight decay adds: λ w beside the
    gradient, or, for AdamW, the η λ w that is taken off the weight directly; 0 for a bias. `internals`: the optimizer's
    own numbers after this step, by torch.optim's names: "step" (not SGD; its t, with the steps before the rehearsal),
    "momentum_buffer" (SGD, RMSprop), "exp_avg" m and "exp_avg_sq" v with "exp_avg_corrected" m̂ and
    "exp_avg_sq_corrected" v̂ (Adam, AdamW), "square_avg" (RMSprop), "sum" and "decayed_learning_rate" (Adagrad).
    `working`: how each of them came about, spelled with numbers. `formula`: the update spelled with numbers, "0.2 − 0.1
    · 0.5 = 0.15"."""

    name: str
    index: tuple[int, ...]
    step: int
    weight: float
    gradient: float
    learning_rate: float
    change: float
    new_weight: float
    decay: float
    internals: Mapping[str, float]
    working: tuple[str, ...]
    formula: str
    trainable: bool = True


@dataclass(frozen=True)
class UpdateTable:
    """Several steps of an optimizer on the same examples. `losses`: L before each step, and after the last one."""

    optimizer: str
    learning_rate: float
    options: Mapping[str, Any]
    losses: tuple[float, ...]
    rows: tuple[UpdateRow, ...]

    def rows_of(self, name: str, index: tuple[int, ...] = ()) -> tuple[UpdateRow, ...]:
        """Return the rows of one weight, step after step."""
        return tuple(row for row in self.rows if row.name == name and row.index == tuple(index))
