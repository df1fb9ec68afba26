"""The body of a block at one place as a drawing of its own, in which all that is inside has its id."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from compiler.shapes import Shape
from graph_model import Graph, Node, Wire
from graph_model.blocks.flattening import SEPARATOR
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT, DELAY
from graph_model.values import free_name


def body_drawing(body: Graph, place: Node, shapes: Mapping[str, Shape], changing: Collection[str]) -> Graph:
    """Return a drawing with an Input for each port and Delay, of the shape that arrives there, and an Output for each
    value that leaves the block or arrives at a Delay.

    `changing`: what is about to be changed in it. Ids that the body has or had are given to nothing new.
    """
    drawing = Graph(body.name, body.definitions)
    drawing.reserve_those_of(body)
    given = body.definitions.definition(place.kind).set_inside(place.parameters)
    names = set(body.names())
    targets: dict[str, str] = {}
    for node in body.nodes():
        if node.kind == BLOCK_INPUT:
            drawing.put_node(_input(node, shapes.get(node.id)))
        elif node.kind == BLOCK_OUTPUT:
            drawing.put_node(replace(node, kind=_output_kind(body, node, changing), parameters={}))
        elif node.kind == DELAY:
            drawing.put_node(_input(node, ("batch", *node.parameters["shape"])))
            targets[node.id] = f"{node.id}{SEPARATOR}next"
            name = free_name(f"{node.name} next", names)
            drawing.put_node(replace(node, id=targets[node.id], kind="Output", name=name, parameters={}))
        else:
            lifted = {parameter: value for (inside, parameter), value in given.items() if inside == node.id}
            drawing.put_node(node.with_parameters(lifted) if lifted else node)
    for wire in body.wires():
        drawing.put_wire(_wire(wire, targets))
    return drawing


def _input(port: Node, shape: Shape | None) -> Node:
    """What brings the value of a port; one of which nothing is known waits for it, and with it all that it feeds."""
    parameters: dict[str, Any] = {}
    kind = "Identity"
    if shape is not None and len(shape) == 1:
        kind = "ScalarInput"
    elif shape is not None:
        kind, parameters = "Input", {"shape": [int(size) for size in shape[1:]], "dynamic_axes": ""}
    return replace(port, kind=kind, parameters=parameters)


def _output_kind(body: Graph, port: Node, changing: Collection[str]) -> str:
    """What takes the value of a port. Neurons meet at an Output; one alone would leave the block as a number, not as
    the vector that a layer of one gives, and an Add takes vectors only."""
    arriving = body.incoming(port)
    alone = len(arriving) == 1 and arriving[0].source in changing
    layer = body.node(arriving[0].source) if alone else None
    return "Add" if layer is not None and layer.parameters.get("out_features") == 1 else "Output"


def _wire(wire: Wire, targets: Mapping[str, str]) -> Wire:
    return replace(wire, target=targets.get(wire.target, wire.target))
