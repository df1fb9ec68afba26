"""How a kind is written in ONNX, as data: read in one direction by the export, in the other by the import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class OnnxOperator:
    """One ONNX operator for a kind.

    `operator`: the operator's name, e.g. "Conv". `attributes`: ONNX attribute -> the kind's parameter that
    gives it. `weights`: the module's parameters that follow the input, in the operator's order. `fixed`:
    attributes with a constant value. `emitter`: name of a function in compiler/onnx that writes what no
    single operator expresses; beside an `operator` it writes that where it can, and the import reads it.
    """

    operator: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    weights: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    emitter: str = ""
