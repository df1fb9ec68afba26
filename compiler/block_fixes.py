"""Edits that mend a problem of a block, and problems of what is drawn inside one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compiler.arrivals import Source
from compiler.program import Program, Step
from graph_model import Fix, Graph
from graph_model.blocks import InDefinition
from graph_model.edits import Edit, Sequence, SetParameters


def as_drawn(program: Program, step: Step) -> tuple[Graph, Step]:
    """Return the graph in which a step is drawn, and the step with its node and the wire at fault as they are there."""
    graph, local = program.flat.drawn_in(step.node.id)
    if graph is program.graph:
        return graph, step
    fault = step.fault
    if fault is not None and fault.source is not None:
        fault = replace(fault, source=_drawn_source(graph, fault.source))
    arrivals = tuple(
        replace(arrival, sources=tuple(_drawn_source(graph, source) for source in arrival.sources))
        for arrival in step.arrivals
    )
    return graph, replace(step, node=graph.node(local), arrivals=arrivals, fault=fault)


def _drawn_source(graph: Graph, source: Source) -> Source:
    """A source as it is in a body: what comes from outside begins at a port."""
    wire = graph.wire(source.wire.id.rpartition("/")[2])
    return replace(source, node=graph.node(wire.source), output=wire.output, wire=wire)


def _in(graph: Graph, edit: Edit) -> Edit:
    """The edit of a graph as one of the drawing."""
    return edit if graph.definition_id is None else InDefinition(graph.definition_id, edit)


def set_inside(graph: Graph, edit: SetParameters, path: str) -> Edit:
    """The edit of the drawing that sets parameters of a node in a body so that they hold at a path.

    What is lifted and set at the place around the node is set there; where it has to be empty, which means at a place
    that the node's own value holds, that value is emptied too.
    """
    assert graph.definition_id is not None
    definitions = graph.definitions
    names = {
        entry.name: entry.parameter
        for entry in definitions.definition(graph.definition_id).lifted
        if entry.node == edit.node_id and entry.parameter in edit.parameters
    }
    placed = [
        (key, place, name, edit.parameters[parameter])
        for key, node_id in definitions.places(graph.definition_id)
        for place in (definitions.graph(key).node(node_id),)
        for name, parameter in names.items()
        if place.parameters.get(name) is not None
    ]
    placed = [one for one in placed if one[1].id in path.split("/")] or placed
    at_places = [
        _in(definitions.graph(key), SetParameters(place.id, {name: value})) for key, place, name, value in placed
    ]
    done = {names[name] for _, _, name, value in placed if value is not None}
    inside = {name: value for name, value in edit.parameters.items() if name not in done}
    own = [InDefinition(graph.definition_id, SetParameters(edit.node_id, inside))] if inside else []
    edits: list[Edit] = [*own, *at_places]
    return edits[0] if len(edits) == 1 else Sequence(tuple(edits))


def _unshare(program: Program, step: Step) -> tuple[Fix, ...]:
    graph, path = program.drawing, ""
    other = step.fault.sharing_with if step.fault is not None else None
    for part in step.node.id.split("/"):
        if not graph.has_node(part):
            continue
        node, path = graph.node(part), f"{path}{part}/"
        is_same_place = other is not None and f"{other.id}/".startswith(path)
        if node.parameters.get("weights") and not is_same_place:
            return (Fix(f"Give '{node.name}' weights of its own", _in(graph, SetParameters(node.id, {"weights": ""}))),)
        if node.parameters.get("repeat", 1) > 1 and node.parameters["repeat_weights"] == "shared":
            own = SetParameters(node.id, {"repeat_weights": "own"})
            return (Fix(f"Give each repetition of '{node.name}' weights of its own", _in(graph, own)),)
        if node.kind in graph.definitions:
            graph = graph.definitions.body(node.kind)
    return ()


def _apply_once(program: Program, step: Step) -> tuple[Fix, ...]:
    graph, local = program.flat.drawn_in(step.node.id)
    if getattr(step.kind, "remembers", False):
        return ()
    edit = SetParameters(local, {"over_time": "no"})
    inside = graph.definition_id is not None
    return (Fix("Do not apply it over time", set_inside(graph, edit, step.node.id) if inside else edit),)


def _resize_delay(program: Program, step: Step) -> tuple[Fix, ...]:
    assert step.fault is not None
    source = step.fault.source
    assert source is not None
    assert source.shape is not None
    shape = [int(size) for size in source.shape[1:]]
    edit = SetParameters(source.node.id.rpartition("/")[2], {"shape": shape})
    body = program.graph.definitions.body(step.node.kind)
    return (Fix(f"Let the Delay keep {shape}", set_inside(body, edit, source.node.id)),)


BLOCK_FIXES: dict[str, Callable[[Program, Step], tuple[Fix, ...]]] = {
    "sharing": _unshare,
    "other parameters": _unshare,
    "time": _apply_once,
    "times": lambda program, step: (),
    "no sequence": _apply_once,
    "delay": _resize_delay,
}
"""Reason of a fault -> the edits that mend it."""
