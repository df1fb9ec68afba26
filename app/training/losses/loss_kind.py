"""What there is to know about a loss before it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TargetForm = Literal["classes", "values"]
"""Class numbers, or a number for each output."""

Ending = Literal["any", "probabilities", "log_probabilities"]

UNBOUNDED = float("inf")


@dataclass(frozen=True)
class LossKind:
    """A loss that can be chosen.

    `torch_class`: its class in torch.nn, "" if torch has none. `targets`: what it can compare with, none if it needs no
    target. `ending`: what the network must give. `lowest`, `highest`: between which the target's values must lie.
    `outputs_per_value`: how many outputs belong to one value. `boundary`: the output from which on a single number says
    "class 1". `smallest_wins`: the class with the smallest output is the answer, not the one with the largest.
    """

    name: str
    title: str
    meaning: str
    torch_class: str
    targets: tuple[TargetForm, ...] = ("classes", "values")
    ending: Ending = "any"
    lowest: float = -UNBOUNDED
    highest: float = UNBOUNDED
    outputs_per_value: int = 1
    one_output_for_two_classes: bool = True
    boundary: float = 0.5
    smallest_wins: bool = False
