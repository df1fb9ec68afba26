"""Edits that mend a problem of a block, and problems of what is drawn inside one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compiler.arrivals import Source
from compiler.program import Program, Step
from graph_model import Fix, Graph
from graph_model.blocks import InDefinition
from graph_model.edits import Edit, SetParameters


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


def _unshare(program: Program, step: Step) -> tuple[Fix, ...]:
    graph = program.drawing
    for part in step.node.id.split("/"):
        if not graph.has_node(part):
            continue
        node = graph.node(part)
        if node.parameters.get("weights"):
            return (Fix(f"Give '{node.name}' weights of its own", _in(graph, SetParameters(node.id, {"weights": ""}))),)
        if node.kind in graph.definitions:
            graph = graph.definitions.body(node.kind)
    return ()


def _apply_once(program: Program, step: Step) -> tuple[Fix, ...]:
    graph, local = program.flat.drawn_in(step.node.id)
    if getattr(step.kind, "remembers", False):
        return ()
    return (Fix("Do not apply it over time", _in(graph, SetParameters(local, {"over_time": "no"}))),)


def _resize_delay(program: Program, step: Step) -> tuple[Fix, ...]:
    assert step.fault is not None
    source = step.fault.source
    assert source is not None
    assert source.shape is not None
    shape = [int(size) for size in source.shape[1:]]
    edit = SetParameters(source.node.id.rpartition("/")[2], {"shape": shape})
    return (Fix(f"Let the Delay keep {shape}", InDefinition(step.node.kind, edit)),)


BLOCK_FIXES: dict[str, Callable[[Program, Step], tuple[Fix, ...]]] = {
    "sharing": _unshare,
    "time": _apply_once,
    "times": lambda program, step: (),
    "no sequence": _apply_once,
    "delay": _resize_delay,
}
"""Reason of a fault -> the edits that mend it."""
