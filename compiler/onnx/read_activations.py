"""Which activation one operator of ONNX is: the one whose declaration would write it so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from onnx import defs, helper

from compiler.onnx.attributes import from_onnx, to_onnx
from compiler.own_activation import own_activation
from graph_model import Kind, kinds

CLOSE = 1e-6
"""Attributes are float32: a parameter that differs from its default by less is the default."""


def activation_operators() -> set[str]:
    """Return the names of the operators that are an activation without weights."""
    return {kind.onnx.operator for kind in _candidates() if kind.onnx is not None}


def activation_of(operator: str, attributes: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]]:
    """Return the kind and all its parameters; raises ValueError if none is written with these attributes."""
    complete = {**_defaults(operator), **{name: _text(value) for name, value in attributes.items()}}
    for kind in _candidates():
        if kind.onnx is None or kind.onnx.operator != operator:
            continue
        parameters = own_activation(kind.name)[1]
        for name, value in from_onnx(kind, complete).items():
            parameters[name] = parameters[name] if _same(value, parameters[name]) else value
        written = {**_defaults(operator), **to_onnx(kind, parameters)}
        if all(_same(value, written.get(name)) for name, value in complete.items()):
            return kind, parameters
    raise ValueError(f"its attributes {complete} have no counterpart")


def _candidates() -> list[Kind]:
    return [
        kind
        for kind in kinds().values()
        if kind.family == "Activation" and kind.onnx is not None and kind.onnx.operator and not kind.onnx.weights
    ]


def _defaults(operator: str) -> dict[str, Any]:
    """The attributes that an operator has where none are given."""
    declared = defs.get_schema(operator).attributes
    return {
        name: _text(helper.get_attribute_value(attribute.default_value))
        for name, attribute in declared.items()
        if attribute.default_value.name
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(one == other)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
