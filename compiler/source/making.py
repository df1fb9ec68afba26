"""The expression that makes a module in exported source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.construction import constructor_arguments
from compiler.own_activation import own_activation
from compiler.source.own_modules import written_name
from graph_model.kind import TorchCall
from graph_model.objection import Shapes


def making(call: TorchCall, parameters: Mapping[str, Any], shapes: Shapes) -> str:
    """Return e.g. "nn.Linear(in_features=4, out_features=2, bias=True)".

    `shapes`: of what the module is called with.
    """
    assert call.module is not None
    arguments = constructor_arguments(call, parameters, shapes)
    written = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"{written_name(call.module)}({written})"


def making_activation(name: str, size: int = 1) -> str:
    """Return the same for a layer's own activation; `size` as in `own_activation`."""
    kind, parameters = own_activation(name, size)
    call = kind.call(parameters)
    assert call is not None
    return making(call, parameters, ())
