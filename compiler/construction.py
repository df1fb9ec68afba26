"""Making and calling one module from a kind's declaration."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import nn

from graph_model import Kind
from graph_model.kind import TorchCall

ROOMS = ("torch.", "compiler.modules.")


def resolve(dotted_name: str) -> Any:
    """Return what a dotted name of the catalogue names, in torch or in compiler.modules."""
    if not dotted_name.startswith(ROOMS):
        raise ValueError(f"{dotted_name} is neither torch's nor the compiler's own.")
    module, _, attribute = dotted_name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def inferred_arguments(call: TorchCall, input_shapes: Sequence[Sequence[Any]]) -> dict[str, int]:
    """Return the constructor's arguments that follow from the input: in_features, in_channels, ..."""
    if not call.inferred:
        return {}
    shape = input_shapes[0]
    axis = {"last": -1, "channels": 1}
    return {name: int(shape[axis[rule]]) for name, rule in call.inferred.items()}


def constructor_arguments(
    call: TorchCall, parameters: Mapping[str, Any], input_shapes: Sequence[Sequence[Any]]
) -> dict[str, Any]:
    """Return all arguments of the module's constructor, by name."""
    arguments: dict[str, Any] = {**inferred_arguments(call, input_shapes), **call.fixed}
    for name in call.arguments:
        value = parameters[name]
        arguments[name] = tuple(value) if isinstance(value, list) else value
    return arguments


def make_module(
    kind: Kind, parameters: Mapping[str, Any], input_shapes: Sequence[Sequence[Any]], device: str = "cpu"
) -> nn.Module | None:
    """Make the nn.Module of a kind, or return None for a kind that is a plain function."""
    call = kind.call(parameters)
    if call is None or call.module is None:
        return None
    arguments = constructor_arguments(call, parameters, input_shapes)
    with torch.device(device):
        return cast(nn.Module, resolve(call.module)(**arguments)).eval()


def output_of(call: TorchCall | None, returned: Any) -> torch.Tensor:
    """Return the output among what a module returned: all of it, or the declared entry of a tuple."""
    return cast(torch.Tensor, returned if call is None or call.result is None else returned[call.result])


def apply_kind(
    kind: Kind, module: nn.Module | None, parameters: Mapping[str, Any], inputs: Sequence[torch.Tensor]
) -> torch.Tensor:
    """Run a kind on tensors: its module if it has one, else its function (pairwise, or on the whole list)."""
    if module is not None:
        return output_of(kind.call(parameters), module(*inputs))
    if kind.torch is None or kind.torch.function is None:
        return inputs[0]
    function = resolve(kind.torch.function)
    arguments = {name: parameters[name] for name in kind.torch.arguments}
    if kind.torch.sequence:
        return cast(torch.Tensor, function(list(inputs), **arguments))
    return functools.reduce(lambda total, other: function(total, other, **arguments), inputs)
