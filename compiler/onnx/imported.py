"""What a tensor of an ONNX model is while it is being read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy

from graph_model import Node, kinds


@dataclass(frozen=True)
class Constant:
    """A tensor that is known: a weight or a setting."""

    array: numpy.ndarray[Any, Any]


@dataclass(frozen=True)
class Result:
    """What a node of the drawing gives."""

    node: Node


@dataclass(frozen=True)
class Picked:
    """One element of what a node gives, (batch, 1)."""

    node: Node
    element: int


@dataclass(frozen=True)
class Gathered:
    """Side by side, (batch, n): neurons, picked elements, and vectors among them."""

    parts: tuple[Result | Picked, ...]

    @property
    def is_all_neurons(self) -> bool:
        """Whether only single numbers of nodes are laid side by side."""
        return all(isinstance(part, Result) and kinds()[part.node.kind].gives_scalar for part in self.parts)


@dataclass(frozen=True)
class Rearranged:
    """A sequence that a node gives, with its axes in another order than (batch, time, features).

    `axes`: their names in the order in which they come; with "direction" among them, the features of each direction
    of reading have an axis of their own.
    """

    node: Node
    axes: tuple[str, ...]


Value = Constant | Result | Picked | Gathered | Rearranged
