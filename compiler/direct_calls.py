"""The forward pass of a compiled network without what nn.Module does around every call.

Looking a submodule up, and a weight in it, costs a small layer as much as its arithmetic: both are looked up once. The
code that runs is the module's own, and so are all tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from compiler.compiled_network import CompiledNetwork

Call = Callable[..., Any]

_FUNCTIONS: dict[type[nn.Module], Call] = {nn.Tanh: torch.tanh, nn.Sigmoid: torch.sigmoid}
"""Modules that call one function of one tensor."""


def direct_calls(module: CompiledNetwork) -> Call:
    """Return what computes the same as the module, to be called as it is.

    It follows the module's weights and its mode (training or evaluating), but not submodules that are put in later.
    """
    read = {str(node.target).partition(".")[0] for node in module.graph.nodes if node.op == "get_attr"}
    attributes = {name: _direct(part) for name, part in module.named_children() if name not in read}
    attributes.update((name, getattr(module, name)) for name in read)
    return partial(type(module).forward, SimpleNamespace(**attributes))


def _direct(part: nn.Module) -> Call:
    """What calls a submodule; whoever asked to be told of calls is still told."""
    if part._forward_pre_hooks or part._forward_hooks or part._backward_pre_hooks or part._backward_hooks:
        return part
    if type(part) is nn.Linear:
        return _linear(part)
    return _FUNCTIONS.get(type(part), part.forward)


def _linear(part: nn.Linear) -> Call:
    weight, bias, linear = part.weight, part.bias, functional.linear
    return lambda x: linear(x, weight, bias)


__all__ = ["direct_calls"]
