"""Weights between a compiled module and a document: by the names of Document.weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy
import torch

from compiler.modules.neurons import Neuron

if TYPE_CHECKING:
    from compiler.build import CompiledNetwork

Array = numpy.ndarray[Any, Any]


def collect_weights(module: CompiledNetwork) -> dict[str, Array]:
    """Return copies of all weights and buffers: "<node id>.<parameter>", and "<wire id>.weight" for wires."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in named_weights(module)}


def apply_weights(module: CompiledNetwork, weights: Mapping[str, Any]) -> set[str]:
    """Copy those weights into a module whose name and shape fit; return their names. The others stay as they are."""
    applied: set[str] = set()
    with torch.no_grad():
        for name, tensor in named_weights(module):
            if name in weights and tuple(numpy.shape(weights[name])) == tuple(tensor.shape):
                tensor.copy_(torch.tensor(weights[name]) if not torch.is_tensor(weights[name]) else weights[name])
                applied.add(name)
    return applied


def named_weights(module: CompiledNetwork) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the name in Document.weights and the tensor (a view that can be written to) of everything kept."""
    for node_id, attribute in module.attribute_of.items():
        part = getattr(module, attribute, None)
        if isinstance(part, Neuron):
            for wire, where in part.slices().items():
                vector = part.weight.detach()[where]
                yield f"{wire.id}.weight", vector if wire.is_vector else vector[0]
            yield f"{node_id}.bias", part.bias.detach()
        elif isinstance(part, torch.nn.Module):
            for name, tensor in part.state_dict(keep_vars=True).items():
                yield f"{node_id}.{name}", tensor.detach()
