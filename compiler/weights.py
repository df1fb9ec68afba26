"""Numbers of a compiled module by the names of Document.weights: weights, and whatever is shaped like them.

A layer's are "<node id>.<parameter>", the learned slope of its activation "<node id>.activation.weight"; a neuron's
bias is "<node id>.bias", and a weight on a wire "<wire id>.weight" (one number, or one for each element of a whole
vector).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy
import torch
from torch import nn

from compiler.compiled_network import CompiledNetwork
from compiler.modules.over_time import OverTime
from compiler.rows import rows_of

Array = numpy.ndarray[Any, Any]
Reading = Callable[[torch.Tensor], "torch.Tensor | None"]


def collect_weights(module: CompiledNetwork) -> dict[str, Array]:
    """Return copies of all weights and buffers."""
    return by_name(module, lambda tensor: tensor)


def by_name(module: CompiledNetwork, reading: Reading) -> dict[str, Array]:
    """Return, for every weight and buffer of a module, what `reading` gives for it, as copies by name.

    `reading`: takes a parameter or buffer and returns a tensor of its shape, such as its gradient or an optimizer's
    memory of it, or None for what has none: these names are left out.
    """
    found: dict[str, Array] = {}
    for name, tensor in layer_tensors(module).items():
        value = reading(tensor)
        if value is not None:
            found[name] = value.detach().cpu().numpy().copy()
    for network in networks(module):
        for row in rows_of(network):
            found.update(row.named(reading))
    return found


def networks(module: CompiledNetwork) -> list[CompiledNetwork]:
    """Return a module and those of all blocks in it that are applied over time, at any depth."""
    found = [module]
    for part in module.children():
        if isinstance(part, OverTime):
            for step in inner_networks(part):
                found += networks(step)
    return found


def inner_networks(part: OverTime) -> list[CompiledNetwork]:
    """What a block that is applied over time runs, one for each direction."""
    return [step for step in part.steps if isinstance(step, CompiledNetwork)]


def apply_weights(module: CompiledNetwork, weights: Mapping[str, Any]) -> set[str]:
    """Copy those weights into a module whose name and shape fit; return their names. The others stay as they are."""
    applied: set[str] = set()
    with torch.no_grad():
        for name, tensor in layer_tensors(module).items():
            if name in weights and tuple(numpy.shape(weights[name])) == tuple(tensor.shape):
                tensor.copy_(torch.as_tensor(numpy.array(weights[name])))
                applied.add(name)
        for network in networks(module):
            for row in rows_of(network):
                applied |= row.overwrite(weights)
    return applied


def is_bias(parameter: str) -> bool:
    """Whether a parameter, by its name within its layer or column, is a bias: "bias", "bias.value", "bias_ih_l0"."""
    return parameter.startswith("bias")


def layer_tensors(module: CompiledNetwork) -> dict[str, torch.Tensor]:
    """Return the weights and buffers of all layers, and of their activations that learn, by name."""
    tensors: dict[str, torch.Tensor] = {}
    for node_id, attribute in module.attribute_of.items():
        for owner, name in ((attribute, node_id), (f"{attribute}_activation", f"{node_id}.activation")):
            part = getattr(module, owner, None)
            if isinstance(part, OverTime):
                for step in inner_networks(part):
                    tensors.update(layer_tensors(step))
                tensors.update((f"{name}.start_{number}", start) for number, start in enumerate(part.starts))
            elif isinstance(part, nn.Module):
                for key, tensor in part.state_dict(keep_vars=True).items():
                    tensors[f"{name}.{key}"] = tensor
    return tensors
