"""A layer's own activation: the kind of that name with its default parameters."""

from __future__ import annotations

from typing import Any

from torch import nn

from compiler.construction import make_module
from graph_model import Kind
from graph_model.catalogue import kind_named


def own_activation(name: str, size: int = 1) -> tuple[Kind, dict[str, Any]]:
    """Return the kind of a layer's own activation and its parameters.

    `size`: how many numbers have a parameter of their own, where the activation has one.
    """
    kind = kind_named(name)
    parameters = {key: parameter.default for key, parameter in kind.parameters.items()}
    if "num_parameters" in parameters:
        parameters["num_parameters"] = size
    return kind, parameters


def activation_module(name: str, size: int = 1) -> nn.Module:
    """Make the module of a layer's own activation; `size` as in `own_activation`."""
    kind, parameters = own_activation(name, size)
    module = make_module(kind, parameters, ())
    assert module is not None
    return module.train()
