"""The layer in the place of its neurons: what feeds it, and what it feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.unfolding.gathering import Gathering
from compiler.unfolding.recognised import InputBlock
from graph_model import Graph, Node, Wire
from graph_model.graph import COLUMN_DISTANCE
from graph_model.values import free_name


@dataclass
class Rewiring:
    """Nodes that stand before and behind a folded layer, all wires of it and of them, and the nodes that go."""

    nodes: list[Node] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


def feed_layer(graph: Graph, rewiring: Rewiring, layer: Node, blocks: Sequence[InputBlock]) -> None:
    """Wire a layer to its sources: a map as it is to what looks at maps; else laid flat, and several side by side.

    Neurons alone are gathered at the layer itself.
    """
    scalars = all(not block.shape for block in blocks)
    target = layer
    if len(blocks) > 1 and not scalars:
        target = _node_before(graph, rewiring, layer, "Concat", 1, dim=1)
        rewiring.wires.append(graph.new_wire(target, layer))
    for block in blocks:
        source, output = graph.node(block.source[0]), block.source[1]
        if layer.kind == "Linear" and len(block.shape) > 1:
            flatten = _node_before(graph, rewiring, layer, "Flatten", 2 if target is not layer else 1)
            rewiring.wires.append(graph.new_wire(source, flatten, output=output))
            source, output = flatten, 0
        rewiring.wires.append(graph.new_wire(source, target, output=output))


def feed_consumers(
    graph: Graph,
    rewiring: Rewiring,
    layer: Node,
    shape: tuple[int, ...],
    neurons: Sequence[Node],
    gatherings: Sequence[Gathering],
    absorbed: Node | None,
) -> None:
    """Wire a layer to what its neurons fed. Wires that go on keep their ids, so that weights stay with them.

    `shape`: what the layer gives, without the batch; an Unflatten that only made this shape goes, and so does
    `absorbed`, the node whose work the layer does itself.
    """
    for row, neuron in enumerate(neurons):
        for wire in graph.outgoing(neuron):
            if graph.kind_of(wire.target).picks_elements:
                rewiring.wires.append(replace(wire, source=layer.id, output=0, element=row))
    flatten: Node | None = None
    for gathering in gatherings:
        target = gathering.target
        if gathering.reshapes_to() == shape or (absorbed is not None and target.id == absorbed.id):
            rewiring.vanished.append(target.id)
            rewiring.wires += [replace(wire, source=layer.id, output=0) for wire in graph.outgoing(target)]
            continue
        source = layer
        if len(shape) > 1:
            if flatten is None:
                flatten = _node_before(graph, rewiring, layer, "Flatten", -1)
                rewiring.wires.append(graph.new_wire(layer, flatten))
            source = flatten
        rewiring.wires.append(replace(gathering.wires[0], source=source.id, output=0))


def _node_before(
    graph: Graph, rewiring: Rewiring, layer: Node, kind: str, columns_before: int, **parameters: Any
) -> Node:
    taken = {*graph.names(), *(node.name for node in rewiring.nodes), layer.name}
    position = (layer.position[0] - columns_before * COLUMN_DISTANCE / 2, layer.position[1])
    node = graph.new_node(kind, name=free_name(kind.lower(), taken), position=position, **parameters)
    rewiring.nodes.append(node)
    return node
