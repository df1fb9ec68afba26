"""Unfolding: a layer becomes its neurons and wires, with the weights that it has now."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.program import Step
from compiler.unfolding.current_weights import CurrentWeights
from compiler.unfolding.handing_over import handed_over
from compiler.unfolding.placing import Position, column_positions, making_room, map_positions
from compiler.unfolding.unfoldable import unfoldable_step
from compiler.unfolding.units import Unit, stem_of, units_of
from graph_model import CompileError, Document, Graph, Node, Wire
from graph_model.edits import AddNodes, Edit, RemoveNodes, Sequence
from graph_model.graph import COLUMN_DISTANCE
from graph_model.ties import bias_ties
from graph_model.values import free_name


@dataclass(frozen=True)
class Unfolded:
    """The edit that unfolds a layer, and the ids of its neurons in the order of the layer's output laid flat."""

    edit: Sequence
    node_ids: tuple[str, ...]


def unfold_refusal(document: Document, node_id: str) -> str | None:
    """Return why a layer cannot be unfolded, or None; shapes are looked up, nothing is compiled."""
    try:
        unfoldable_step(document.graph, node_id)
    except CompileError as error:
        return str(error)
    return None


def unfold(document: Document, node_id: str) -> Unfolded:
    """Return the edit that puts neurons and wires in the place of a layer, with equal outputs.

    A Linear, convolution or mean becomes neurons, a MaxPool maxout groups. Taps of a filter are tied, and so are the
    biases of a filter. Raises CompileError if the layer cannot be unfolded.
    """
    graph = document.graph
    program, step = unfoldable_step(graph, node_id)
    weights = CurrentWeights(document, program)
    units = units_of(step, weights, {*graph.ties(), *bias_ties(graph)})
    positions = _positions(step)
    neurons = _neurons(graph, step.node, units, positions)
    right_edge = max(x for x, _ in positions)
    handover = handed_over(graph, step, neurons, weights, right_edge)
    if handover.nodes:
        right_edge += COLUMN_DISTANCE
    room = making_room(graph, step.node, right_edge)
    edits: list[Edit] = [RemoveNodes((step.node.id,))]
    if room is not None:
        edits.append(room)
    edits.append(AddNodes((*neurons, *handover.nodes), (*_arriving(graph, step, neurons, units), *handover.wires)))
    return Unfolded(Sequence(tuple(edits)), tuple(neuron.id for neuron in neurons))


def _positions(step: Step) -> list[Position]:
    shape = tuple(int(axis) for axis in (step.output_shapes or ())[0][1:])
    if len(shape) == 1:
        return column_positions(step.node.position, shape[0])
    return map_positions(step.node.position, shape)


def _neurons(graph: Graph, layer: Node, units: list[Unit], positions: list[Position]) -> list[Node]:
    stem, taken = stem_of(layer.name), set(graph.names())
    neurons = []
    for unit, position in zip(units, positions, strict=True):
        name = free_name(f"{stem} {unit.label}", taken)
        taken.add(name)
        neurons.append(_neuron(graph, layer, unit, name, position))
    return neurons


def _neuron(graph: Graph, layer: Node, unit: Unit, name: str, position: Position) -> Node:
    if layer.kind.startswith("MaxPool"):
        return graph.new_node("MaxoutGroup", name=name, position=position)
    activation = layer.parameters.get("activation", "Identity")
    return graph.new_node(
        "Neuron",
        name=name,
        position=position,
        bias=unit.bias,
        activation="Identity" if activation == "Softmax" else activation,
        bias_trainable=unit.bias_trainable,
        bias_tie=unit.bias_tie,
    )


def _arriving(graph: Graph, step: Step, neurons: list[Node], units: list[Unit]) -> list[Wire]:
    """Wires that bring to each neuron what it saw of the layer's input: from the neurons that were gathered there, or
    elements of the one source."""
    arrival = step.arrivals[0]
    wires = []
    for neuron, unit in zip(neurons, units, strict=True):
        for link in unit.links:
            source = arrival.sources[link.element if arrival.stacked else 0]
            drawn = graph.wire(source.wire.id)  # it may begin at a block, and the source lie in that
            wires.append(
                graph.new_wire(
                    graph.node(drawn.source),
                    neuron,
                    output=drawn.output,
                    element=None if arrival.stacked else link.element,
                    weight=link.weight,
                    trainable=link.trainable,
                    tie=link.tie,
                )
            )
    return wires
