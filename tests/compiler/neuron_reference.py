"""What a drawing of neurons computes, neuron by neuron and wire by wire: slow, plain, in float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy
import torch
from torch import nn

from compiler.construction import apply_kind, make_module
from compiler.program import lower
from graph_model import Graph


class Reference:
    """Runs a drawing with given weights (by a document's names). Wires that are tied share one tensor.

    `leaves`: document name -> the tensor that holds it; the same one for all names that share it.
    """

    def __init__(self, graph: Graph, weights: Mapping[str, Any]) -> None:
        self.program = lower(graph)
        self.leaves: dict[str, torch.Tensor] = {}
        shared: dict[tuple[str, str], torch.Tensor] = {}
        for step in self.program.steps:
            values = step.node.parameters
            if not step.kind.weighs_wires:
                continue
            name = f"{step.node.id}.bias"
            leaf = _leaf(weights[name], values["bias_trainable"])
            self.leaves[name] = shared.setdefault(("bias", values["bias_tie"] or name), leaf)
            if values["activation"] == "PReLU":
                slope = f"{step.node.id}.activation.weight"
                self.leaves[slope] = _leaf(weights[slope], True)
            for source in step.sources:
                name = f"{source.wire.id}.weight"
                leaf = _leaf(weights[name], source.wire.trainable)
                self.leaves[name] = shared.setdefault(("wire", source.wire.tie or name), leaf)
        for name, value in weights.items():
            if name not in self.leaves:
                trainable = self.program.by_id[name.partition(".")[0]].node.parameters.get("trainable", True)
                self.leaves[name] = _leaf(value, trainable)

    def run(self, inputs: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Return the outputs, for inputs as the compiled module takes them."""
        values: dict[str, torch.Tensor] = {}
        for given, tensor in zip(self.program.inputs, inputs, strict=True):
            for index, step in enumerate(given.steps):
                values[step.node.id] = tensor[:, index] if given.is_of_scalars else tensor
        for step in self.program.steps:
            if step.kind.inputs and step.kind.outputs:
                values[step.node.id] = self._step(step, values)
        return [self._arrivals(step, values)[0] for step in self.program.outputs]

    def _step(self, step: Any, values: dict[str, torch.Tensor]) -> torch.Tensor:
        if step.kind.weighs_wires:
            return self._neuron(step, values)
        if step.kind.picks_elements:
            numbers = [number for source in step.sources for number in _numbers(source, values)]
            return torch.stack(numbers, dim=1).amax(dim=1)
        parameters = dict(step.node.parameters)
        module = make_module(step.kind, parameters, step.input_shapes)
        arriving = self._arrivals(step, values)
        if module is None:
            (result,) = apply_kind(step.kind, None, parameters, arriving)
        else:
            state = {name: self.leaves[f"{step.node.id}.{name}"] for name in module.state_dict()}
            result = torch.func.functional_call(module.double(), state, tuple(arriving))
        return self._activated(step, result)

    def _neuron(self, step: Any, values: dict[str, torch.Tensor]) -> torch.Tensor:
        total = self.leaves[f"{step.node.id}.bias"].expand(len(next(iter(values.values()))))
        for source in step.sources:
            weight = self.leaves[f"{source.wire.id}.weight"].reshape(-1)
            for index, number in enumerate(_numbers(source, values)):
                total = total + weight[index] * number
        return self._activated(step, total)

    def _activated(self, step: Any, z: torch.Tensor) -> torch.Tensor:
        activation = step.node.parameters.get("activation", "Identity")
        if activation == "PReLU":
            return torch.where(z > 0, z, z * self.leaves[f"{step.node.id}.activation.weight"])
        if activation == "Threshold":
            return torch.where(z > 0.5, z, 0.0)
        return z if activation == "Identity" else getattr(nn, activation)()(z)

    def _arrivals(self, step: Any, values: dict[str, torch.Tensor]) -> list[torch.Tensor]:
        arrived = []
        for arrival in step.arrivals:
            tensors = [values[source.node.id] for source in arrival.sources]
            if arrival.stacked:
                arrived.append(torch.stack(tensors, dim=1))
            else:
                arrived += [tensor.unsqueeze(1) if tensor.dim() == 1 else tensor for tensor in tensors]
        return arrived


def _numbers(source: Any, values: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    value = values[source.node.id]
    if value.dim() == 1:
        return [value]
    flat = value.flatten(1)
    return [flat[:, source.wire.element]] if source.wire.element is not None else list(flat.unbind(1))


def _leaf(value: Any, trainable: bool) -> torch.Tensor:
    return torch.tensor(numpy.asarray(value, dtype=numpy.float64), requires_grad=trainable)
