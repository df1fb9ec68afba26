"""The layers that learn, from input to output: the rows of every gradient table."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from compiler.build import CompiledNetwork
from compiler.modules.neurons import Neuron
from compiler.program import Program, Step, lower
from graph_model import Graph


@dataclass(frozen=True)
class Layer:
    """One layer that learns, or one column of neurons.

    `parameters`: names in module.named_parameters() that count as its W: the weights, without biases. `depth`: the
    longest way from an input, counted in learning layers.
    """

    id: str
    name: str
    kind: str
    depth: int
    node_ids: tuple[str, ...]
    parameters: tuple[str, ...]


def learnable_layers(module: CompiledNetwork, graph: Graph) -> list[Layer]:
    """Return the layers with weights in a compiled drawing, from input to output.

    Neurons at the same depth are one layer, "column 1", "column 2", ...; a single one keeps its own name.
    """
    program = lower(graph)
    depths = _depths(program)
    layers: list[Layer] = []
    columns: dict[int, list[Step]] = {}
    for step in program.steps:
        if step.kind.weighs_wires:
            columns.setdefault(depths[step.node.id], []).append(step)
        elif step.kind.learnable:
            names = _weight_names(module, step.node.id)
            if names:
                node = step.node
                layers.append(Layer(node.id, node.name, node.kind, depths[node.id], (node.id,), names))
    for number, (depth, steps) in enumerate(sorted(columns.items()), start=1):
        layers.append(_column(module, number, depth, steps))
    position = {step.node.id: index for index, step in enumerate(program.steps)}
    return sorted(layers, key=lambda layer: (layer.depth, position[layer.node_ids[0]]))


def _column(module: CompiledNetwork, number: int, depth: int, steps: list[Step]) -> Layer:
    ids = tuple(step.node.id for step in steps)
    names = tuple(name for identifier in ids for name in _weight_names(module, identifier))
    if len(steps) == 1:
        return Layer(ids[0], steps[0].node.name, "Neuron", depth, ids, names)
    return Layer(f"column_{number}", f"column {number}", "Neuron", depth, ids, names)


def _depths(program: Program) -> dict[str, int]:
    depths: dict[str, int] = {}
    for step in program.steps:
        before = max((depths[source.node.id] for source in step.sources), default=0)
        depths[step.node.id] = before + (1 if step.kind.learnable else 0)
    return depths


def _weight_names(module: CompiledNetwork, node_id: str) -> tuple[str, ...]:
    attribute = module.attribute_of[node_id]
    part = getattr(module, attribute, None)
    if not isinstance(part, nn.Module):
        return ()
    names = [name for name, _ in part.named_parameters()]
    weights = [name for name in names if "bias" not in name]
    if isinstance(part, Neuron) or not weights:
        weights = weights or names
    return tuple(f"{attribute}.{name}" for name in weights)
