"""Parameters of a kind as attributes of an ONNX operator, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model import Kind
from graph_model.parameters import Parameter, Size


def to_onnx(kind: Kind, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operator's attributes for a node's parameters."""
    assert kind.onnx is not None
    attributes = dict(kind.onnx.fixed)
    for attribute, name in kind.onnx.attributes.items():
        value = parameters[name]
        if attribute == "strides" and value is None:
            value = parameters["kernel_size"]
        attributes[attribute] = _onnx_value(attribute, value, kind.parameters[name])
    return attributes


def _onnx_value(attribute: str, value: Any, parameter: Parameter) -> Any:
    if isinstance(parameter, Size):
        along = sizes(value, parameter.dimensions)
        return along * 2 if attribute == "pads" else along
    return int(value) if isinstance(value, bool) else value


def sizes(value: int | list[int], axes: int) -> list[int]:
    """A size along each of some axes."""
    return [value] * axes if isinstance(value, int) else list(value)


def from_onnx(kind: Kind, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kind's parameters for an operator's attributes; raises ValueError for what it cannot express."""
    assert kind.onnx is not None
    parameters: dict[str, Any] = {}
    for attribute, name in kind.onnx.attributes.items():
        if attribute in attributes:
            parameters[name] = _own_value(attribute, attributes[attribute], kind, name)
    return parameters


def _own_value(attribute: str, value: Any, kind: Kind, name: str) -> Any:
    if attribute == "pads":
        half = len(value) // 2
        if list(value[:half]) != list(value[half:]):
            raise ValueError(f"padding differs between the sides: {list(value)}")
        return _size(value[:half])
    if attribute in ("kernel_shape", "strides", "dilations"):
        return _size(value)
    default = kind.parameters[name].default
    return bool(value) if isinstance(default, bool) else value


def _size(value: Any) -> int | list[int]:
    numbers = [int(entry) for entry in value]
    return numbers[0] if len(set(numbers)) == 1 else numbers
