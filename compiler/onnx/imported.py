"""What a tensor of an ONNX model is while it is being read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy

from graph_model import Node


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
    """Single numbers side by side, (batch, n): neurons and picked elements."""

    parts: tuple[Result | Picked, ...]


Value = Constant | Result | Picked | Gathered
