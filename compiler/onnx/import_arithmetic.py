"""Arithmetic, reductions and parts read from ONNX operators: what is joined with one number becomes a Scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import onnx

from compiler.onnx.imported import Result, Value

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

Handler = Callable[["Importer", onnx.NodeProto, dict[str, Any]], Value]

REDUCTIONS = {
    "ReduceMean": ("Mean", {}),
    "ReduceSum": ("Sum", {}),
    "ReduceMax": ("Max", {}),
    "ReduceMin": ("Min", {}),
    "ReduceL1": ("Norm", {"ord": 1.0}),
    "ReduceL2": ("Norm", {"ord": 2.0}),
}
ON_EACH_VALUE = {"Sqrt": "Sqrt", "Exp": "Exp", "Log": "Log", "Abs": "Abs", "Neg": "Negate"}
TO_THE_END = 2**31 - 1


def reduced(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A mean, a sum, … along one axis, which is an input or, in older files, an attribute."""
    axes = importer.constant(node, 1)
    given = attributes.get("axes", []) if axes is None else axes.reshape(-1).tolist()
    if len(given) != 1:
        raise ValueError("it goes along several axes at once")
    kind, parameters = REDUCTIONS[node.op_type]
    keepdim = bool(attributes.get("keepdims", 1))
    return _made(importer, kind, node, dim=int(given[0]), keepdim=keepdim, **parameters)


def shifted(importer: Importer, node: onnx.NodeProto) -> Value | None:
    """A sum with one number; None for any other sum."""
    for index, other in ((0, 1), (1, 0)) if len(node.input) == 2 else ():
        number = _number(importer, node, other)
        if number is not None:
            return Result(importer.add("Scale", node, [importer.input(node, index)], shift=number))
    return None


def _on_each_value(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    return _made(importer, ON_EACH_VALUE[node.op_type], node)


def _product(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    for index, other in ((0, 1), (1, 0)):
        number = _number(importer, node, other)
        if number is not None:
            return Result(importer.add("Scale", node, [importer.input(node, index)], factor=number))
    return Result(importer.add("Multiply", node, [importer.input(node, index) for index in range(2)]))


def _difference(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    start, taken = _number(importer, node, 0), _number(importer, node, 1)
    if taken is not None:
        return _made(importer, "Scale", node, shift=-taken)
    if start is not None:
        return Result(importer.add("Scale", node, [importer.input(node, 1)], factor=-1.0, shift=start))
    return _of_two(importer, "Subtract", node)


def _quotient(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    divisor = _number(importer, node, 1)
    if divisor == 0.0:
        raise ValueError("it divides by 0")
    return _of_two(importer, "Divide", node) if divisor is None else _made(importer, "Scale", node, factor=1 / divisor)


def _power(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    exponent = _number(importer, node, 1)
    if exponent is None:
        raise ValueError("its exponent is not one number")
    return _made(importer, "Power", node, exponent=exponent)


def clamp(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A Clamp."""
    limits = {name: attributes.get(name, _number(importer, node, index)) for index, name in ((1, "min"), (2, "max"))}
    given = [index for index in (1, 2) if index < len(node.input) and node.input[index]]
    if any(_number(importer, node, index) is None for index in given):
        raise ValueError("its limits are not constants")
    return _made(importer, "Clamp", node, **limits)


def _unsqueeze(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    axis = _number(importer, node, 1)
    if axis is None:
        raise ValueError("it puts in several axes at once")
    return _made(importer, "Unsqueeze", node, dim=int(axis))


def _slice(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    start, stop, axis = (_number(importer, node, index) for index in (1, 2, 3))
    if start is None or stop is None or axis is None:
        raise ValueError("it does not cut along one axis")
    step = 1.0 if len(node.input) < 5 else _number(importer, node, 4)
    if step is None:
        raise ValueError("its step is not a constant")
    end = None if stop >= TO_THE_END else int(stop)
    return _made(importer, "Slice", node, dim=int(axis), start=int(start), stop=end, step=int(step))


def _made(importer: Importer, kind: str, node: onnx.NodeProto, **parameters: Any) -> Value:
    return Result(importer.add(kind, node, [importer.input(node, 0)], **parameters))


def _of_two(importer: Importer, kind: str, node: onnx.NodeProto) -> Value:
    """A kind with two input ports."""
    added = importer.add(kind, node, [importer.input(node, 0)])
    importer.wire(importer.input(node, 1), added, node, input=1)
    return Result(added)


def _number(importer: Importer, node: onnx.NodeProto, index: int) -> float | None:
    """An operator's input if it is one constant number, else None; one with more axes would add axes to the result."""
    value = importer.constant(node, index)
    return float(value.reshape(-1)[0]) if value is not None and value.size == 1 and value.ndim <= 2 else None


HANDLERS: dict[str, Handler] = {
    "Mul": _product,
    "Sub": _difference,
    "Div": _quotient,
    "Pow": _power,
    "Unsqueeze": _unsqueeze,
    "Slice": _slice,
    **dict.fromkeys(REDUCTIONS, reduced),
    **dict.fromkeys(ON_EACH_VALUE, _on_each_value),
}
