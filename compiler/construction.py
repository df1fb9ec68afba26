"""Making and calling one module from a kind's declaration."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import nn

from graph_model import Kind
from graph_model.kind import Port, TorchCall
from graph_model.objection import Shapes

ROOMS = ("torch.", "compiler.modules.")


def resolve(dotted_name: str) -> Any:
    """Return what a dotted name of the catalogue names, in torch or in compiler.modules."""
    if not dotted_name.startswith(ROOMS):
        raise ValueError(f"{dotted_name} is neither torch's nor the compiler's own.")
    module, _, attribute = dotted_name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def inferred_arguments(call: TorchCall, input_shapes: Shapes) -> dict[str, Any]:
    """Return the constructor's arguments that follow from the input: in_features, in_channels, ..."""
    if not call.inferred:
        return {}
    return {name: _inferred(rule, input_shapes) for name, rule in call.inferred.items()}


def _inferred(rule: str, input_shapes: Shapes) -> Any:
    what, _, number = rule.partition(":")
    shape = input_shapes[int(number or 0)]
    if shape is None:
        return None
    if what == "sample":
        return tuple(int(axis) for axis in shape[1:])
    return len(shape) if what == "rank" else int(shape[{"last": -1, "channels": 1, "time": 1}[what]])


def constructor_arguments(call: TorchCall, parameters: Mapping[str, Any], input_shapes: Shapes) -> dict[str, Any]:
    """Return all arguments of the module's constructor, by name."""
    arguments: dict[str, Any] = {**inferred_arguments(call, input_shapes), **call.fixed}
    for name in call.arguments:
        value = parameters[name]
        if value is not None or name not in call.inferred:
            arguments[name] = tuple(value) if isinstance(value, list) else value
    return arguments


def make_module(
    kind: Kind, parameters: Mapping[str, Any], input_shapes: Shapes, device: str = "cpu"
) -> nn.Module | None:
    """Make the nn.Module of a kind, or return None for a kind that is a plain function."""
    call = kind.call(parameters)
    if call is None or call.module is None:
        return None
    arguments = constructor_arguments(call, parameters, input_shapes)
    with torch.device(device):
        return cast(nn.Module, resolve(call.module)(**arguments)).eval()


def function_arguments(call: TorchCall, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a function beside its inputs, by name."""
    return {**call.fixed, **{name: parameters[name] for name in call.arguments}}


def apply_kind(
    kind: Kind,
    module: Callable[..., Any] | None,
    parameters: Mapping[str, Any],
    inputs: Sequence[torch.Tensor | None],
) -> tuple[torch.Tensor, ...]:
    """Run a kind on tensors, one for each port or for each wire of a variadic one; return what each output gives.

    `module`: the kind's module, or whatever is called as it is; None for a kind that is a plain function.
    """
    call = kind.call(parameters)
    taken = [
        value.long() if value is not None and port.indices else value
        for port, value in zip(_ports(kind, len(inputs)), inputs, strict=True)
    ]
    if module is not None:
        returned = module(*taken)
        if call is not None and call.result is not None:
            returned = returned[call.result]
    elif call is None or call.function is None:
        returned = taken[0]
    else:
        returned = _apply_function(kind, call, function_arguments(call, parameters), taken)
    return tuple(returned) if len(kind.outputs) > 1 else (returned,)


def _ports(kind: Kind, count: int) -> list[Port]:
    """The port of each input; a variadic port stands last or alone."""
    ports = list(kind.inputs) or [Port("batch")]
    return ports + [ports[-1]] * (count - len(ports))


def _apply_function(kind: Kind, call: TorchCall, arguments: dict[str, Any], inputs: Sequence[Any]) -> Any:
    function = resolve(cast(str, call.function))
    if call.sequence:
        return function(list(inputs), **arguments)
    if kind.inputs[0].variadic:
        return functools.reduce(lambda total, other: function(total, other, **arguments), inputs)
    return function(*inputs, **arguments)
