"""What consumed a layer is wired to its neurons instead, so that it sees the same values in the same shape."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from compiler.program import Step
from compiler.unfolding.current_weights import CurrentWeights
from compiler.unfolding.units import stem_of
from graph_model import CompileError, Graph, Node, Wire
from graph_model.graph import COLUMN_DISTANCE
from graph_model.values import free_name


@dataclass
class Handover:
    """The nodes that stand between the neurons and what consumed the layer, and the wires to and behind them."""

    nodes: list[Node] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)


def handed_over(graph: Graph, step: Step, neurons: list[Node], weights: CurrentWeights, right_edge: float) -> Handover:
    """Return the wires from the neurons to all consumers of the layer of `step`.

    A wire that goes on as one keeps its id and its place in the order of connecting. Raises CompileError.
    """
    handover = Handover()
    shape = tuple(int(axis) for axis in (step.output_shapes or ())[0][1:])
    outgoing = graph.outgoing(step.node)
    if step.node.parameters.get("activation") == "Softmax":
        gatherer = _gatherer(graph, step.node, "Softmax", right_edge, dim=-1)
        _gather(graph, handover, neurons, gatherer)
        handover.wires += [replace(wire, source=gatherer.id, output=0) for wire in outgoing]
        return handover
    reshaped: list[Wire] = []
    for wire in outgoing:
        port = graph.kind_of(wire.target).inputs[wire.input]
        if graph.kind_of(wire.target).picks_elements:
            handover.wires += _wires_by_element(graph, wire, neurons, weights)
        elif port.gathers and not port.variadic and len(shape) == 1:
            target = graph.node(wire.target)
            handover.wires += [graph.new_wire(neuron, target, input=wire.input) for neuron in neurons]
        else:
            reshaped.append(wire)
    if reshaped:
        gatherer = _gatherer(graph, step.node, "Unflatten", right_edge, dim=1, unflattened_size=list(shape))
        _gather(graph, handover, neurons, gatherer)
        handover.wires += [replace(wire, source=gatherer.id, output=0) for wire in reshaped]
    return handover


def gatherer_name(stem: str, kind: str) -> str:
    """Return what the node is called that gathers the neurons of an unfolded layer."""
    return f"{stem} {kind.lower()}"


def _gatherer(graph: Graph, layer: Node, kind: str, right_edge: float, **parameters: Any) -> Node:
    name = free_name(gatherer_name(stem_of(layer.name), kind), graph.names())
    return graph.new_node(kind, name=name, position=(right_edge + COLUMN_DISTANCE, layer.position[1]), **parameters)


def _gather(graph: Graph, handover: Handover, neurons: list[Node], gatherer: Node) -> None:
    handover.nodes.append(gatherer)
    handover.wires += [graph.new_wire(neuron, gatherer) for neuron in neurons]


def _wires_by_element(graph: Graph, wire: Wire, neurons: list[Node], weights: CurrentWeights) -> list[Wire]:
    """A wire from one element comes from its neuron; one from a whole vector becomes one from each neuron."""
    if wire.element is not None:
        return [replace(wire, source=neurons[wire.element].id, output=0, element=None)]
    target = graph.node(wire.target)
    weighs = graph.kind_of(target).weighs_wires
    if wire.tie is not None:
        _refuse_shared_vectors(graph, wire, target)
    values = [float(value) for value in weights.wire(wire, len(neurons))] if weighs else [None] * len(neurons)
    return [
        graph.new_wire(
            neuron,
            target,
            input=wire.input,
            weight=value,
            trainable=wire.trainable,
            tie=None if wire.tie is None else f"{wire.tie[:80]} ({number})",
        )
        for number, (neuron, value) in enumerate(zip(neurons, values, strict=True), start=1)
    ]


def _refuse_shared_vectors(graph: Graph, wire: Wire, target: Node) -> None:
    for other in graph.tied(wire.tie or ""):
        if other.source != wire.source or other.element is not None:
            raise CompileError(
                f"'{graph.node(wire.source).name}' cannot be unfolded: the wire to '{target.name}' shares its weights "
                f"('{wire.tie}') with one from '{graph.node(other.source).name}'. Untie them first."
            )
