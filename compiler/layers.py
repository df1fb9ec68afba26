"""The layers that learn, from input to output: the rows of every gradient table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import nn

from compiler.columns import Column
from compiler.compiled_network import CompiledNetwork
from compiler.program import Program, Step, lower
from compiler.weights import is_bias
from graph_model import Graph


@dataclass(frozen=True)
class Layer:
    """One layer that learns, or one column of neurons.

    `parameters`: names in module.named_parameters() that count as its W: the weights, without biases. `weight_count`:
    how many weights these really are, without those that a mask keeps at 0. `depth`: the longest way from an input,
    counted in nodes.
    """

    id: str
    name: str
    kind: str
    depth: int
    node_ids: tuple[str, ...]
    parameters: tuple[str, ...]
    weight_count: int


def learnable_layers(module: CompiledNetwork, graph: Graph | Program) -> list[Layer]:
    """Return the layers with weights that are trained in a compiled drawing, from input to output.

    Neurons at the same depth are one layer, "column 1", "column 2", ...; a single one keeps its own name. Neurons all
    of whose weights are fixed or belong to another column are no layer of their own; those of the latter kind count as
    nodes of the column that owns them.
    """
    program = lower(graph) if isinstance(graph, Graph) else graph
    layers = [*_plain_layers(module, program), *_columns(module)]
    position = {step.node.id: index for index, step in enumerate(program.steps)}
    placed = [(layer.depth, position[layer.node_ids[0]], layer) for layer in layers]
    seen: set[str] = set()
    for index, step in enumerate(program.steps):
        if step.over_time is not None and step.owner not in seen:
            seen.add(step.owner)
            placed += [(step.depth, index, layer) for layer in _over_time_layers(module, step)]
    return [layer for _, _, layer in sorted(placed, key=lambda one: one[:2])]


def _over_time_layers(module: CompiledNetwork, step: Step) -> list[Layer]:
    """The layers of what a block runs at each time step, under the names that they have in the whole module."""
    attribute = module.attribute_of[step.owner]
    part = getattr(module, attribute)
    found: list[Layer] = []
    assert step.over_time is not None
    for number, (inner, program) in enumerate(zip(part.steps, step.over_time.programs, strict=True)):
        prefix = f"{attribute}.steps.{number}."
        for layer in learnable_layers(inner, program):
            names = tuple(prefix + name for name in layer.parameters)
            found.append(replace(layer, depth=step.depth, parameters=names))
    return found


def _plain_layers(module: CompiledNetwork, program: Program) -> list[Layer]:
    layers = []
    met: set[str] = set()
    for step in program.steps:
        if not step.kind.learnable or step.kind.weighs_wires or step.owner in met:
            continue
        met.add(step.owner)
        node = step.node
        names = _weight_names(module, module.attribute_of[step.owner])
        if names:
            count = sum(module.get_parameter(name).numel() for name in names) - len(node.parameters.get("pruned") or ())
            layers.append(Layer(node.id, node.name, node.kind, step.depth, (node.id,), names, count))
    return layers


def _columns(module: CompiledNetwork) -> list[Layer]:
    by_depth: dict[int, list[Column]] = {}
    sharing: dict[str, list[str]] = {}
    for column in module.plan.columns:
        if column.form != "maxout":
            by_depth.setdefault(column.depth, []).append(column)
            for owner in column.weights.others:
                sharing.setdefault(owner, []).extend(step.node.id for step in column.steps)
    layers = []
    for number, (depth, columns) in enumerate(sorted(by_depth.items()), start=1):
        steps = sorted((step for column in columns for step in column.steps), key=lambda step: step.node.order)
        owned = tuple(name for column in columns for name in _weight_names(module, column.name))
        if not owned:
            continue
        ids = [step.node.id for step in steps]
        ids += [node_id for column in columns for node_id in sharing.get(column.name, ())]
        single = len(steps) == 1
        layers.append(
            Layer(
                ids[0] if single else f"column_{number}",
                steps[0].node.name if single else f"column {number}",
                "Neuron",
                depth,
                tuple(dict.fromkeys(ids)),
                owned,
                sum(column.weights.trained for column in columns),
            )
        )
    return layers


def _weight_names(module: CompiledNetwork, attribute: str) -> tuple[str, ...]:
    """The trained parameters of a part that are its weights: all but the biases, if there are others."""
    part = getattr(module, attribute, None)
    if not isinstance(part, nn.Module):
        return ()
    names = [name for name, value in part.named_parameters() if value.requires_grad and value.numel()]
    weights = [name for name in names if not is_bias(name)]
    return tuple(f"{attribute}.{name}" for name in weights or names)
