"""Another kind, or another block, in the place of a node."""

from __future__ import annotations

from dataclasses import replace

from graph_model import wiring
from graph_model.edits import AddNodes, Edit, RemoveNodes, Sequence
from graph_model.graph import Graph
from graph_model.kind import Kind
from graph_model.values import Node, Wire


def replace_node(graph: Graph, node: Node | str, kind: str) -> tuple[Edit, Node]:
    """Return the edit that puts a node of another kind in the place of one, and that node.

    Wires stay where the new node has such a port and takes them; parameters of the same name keep their values where
    these are allowed. Weights start anew. Raises EditError if the kind cannot stand there.
    """
    former = graph.node(node)
    declared = graph.kind_named(kind)
    known = graph.declaration(former).parameters
    kept = {
        name: former.parameters[name]
        for name, parameter in declared.parameters.items()
        if name in known and type(known[name]) is type(parameter) and name in former.parameters
    }
    made = graph.new_node(kind, name=former.name, position=former.position, **kept)
    ports = graph.declaration(made)
    wires: list[Wire] = []
    touching = {wire.id: wire for wire in (*graph.incoming(former), *graph.outgoing(former))}
    for wire in sorted(touching.values(), key=lambda wire: wire.order):
        if wire.target == former.id and wire.input < len(ports.inputs):
            present = [other for other in wires if other.target == made.id and other.input == wire.input]
            if wiring.crowding_refusal(graph, graph.node(wire.source), made, wire.input, present) is None:
                wires.append(_plugged(wire, made, ports))
        elif wire.source == former.id and wire.output < len(ports.outputs):
            reason = wiring.port_refusal(graph, made, graph.node(wire.target), wire.output, wire.input)
            if reason is None:
                wires.append(replace(wire, source=made.id))
    return Sequence((RemoveNodes((former.id,)), AddNodes((made,), tuple(wires)))), made


def _plugged(wire: Wire, target: Node, ports: Kind) -> Wire:
    """A wire that arrives at another node, with what that node's wires can carry."""
    weighs = ports.weighs_wires
    return replace(
        wire,
        target=target.id,
        element=wire.element if ports.picks_elements else None,
        weight=wire.weight if weighs else None,
        tie=wire.tie if weighs else None,
        trainable=wire.trainable or not weighs,
    )
