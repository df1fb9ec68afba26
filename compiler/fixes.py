"""Edits that mend a problem of shapes, as the objections propose them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import cast

from compiler.arrivals import Source, sample_size
from compiler.block_fixes import BLOCK_FIXES, as_drawn, set_inside
from compiler.program import Program, Step
from graph_model import Fix, Graph
from graph_model.blocks import InDefinition
from graph_model.edits import AddNodes, AddWires, Edit, RemoveNodes, RemoveWires, Sequence, SetParameters, SetWire
from graph_model.objection import Insertion, Objection


def fixes_for(program: Program, step: Step) -> tuple[Fix, ...]:
    """Return the edits that mend a faulty step, the most likely first."""
    if step.fault is None:
        return ()
    if step.fault.reason in BLOCK_FIXES:
        return BLOCK_FIXES[step.fault.reason](program, step)
    inside, name = program.flat.drawn_in(step.node.id)
    if not inside.has_node(name) or inside.node(name).kind != step.node.kind:
        return ()  # What stands for several values that meet at a port is drawn nowhere.
    graph, local = as_drawn(program, step)
    source = local.fault.source if local.fault is not None else None
    if step.fault.reason == "tie" and source is not None and source.wire.tie is None:
        return BLOCK_FIXES["sharing"](program, step)  # What ties it is that places share their weights.
    found = _fixes(graph, local)
    if graph.definition_id is None:
        return found
    return tuple(Fix(fix.label, _edit_inside(graph, cast(Edit, fix.edit), step.node.id)) for fix in found)


def _edit_inside(graph: Graph, edit: Edit, path: str) -> Edit:
    """The edit of a body as one of the drawing."""
    if isinstance(edit, SetParameters):
        return set_inside(graph, edit, path)
    assert graph.definition_id is not None
    return InDefinition(graph.definition_id, edit)


def _fixes(graph: Graph, step: Step) -> tuple[Fix, ...]:
    """The same for a step as it is drawn in a graph."""
    fault = step.fault
    assert fault is not None
    if fault.objection is not None:
        objection = fault.objection
        found = (*_changed(graph, step, objection), *_inserted(graph, step, objection.insertion))
        return found or _taken_away(graph, step)
    if fault.reason == "crowded" and fault.source is not None:
        return _joining_fixes(graph, step, fault.source.wire.input)
    return () if fault.source is None else _wire_fixes(fault.reason, fault.source)


def _joining_fixes(graph: Graph, step: Step, port: int) -> tuple[Fix, ...]:
    """A Concat takes what meets at a port."""
    sources = step.arrivals[port].sources
    position = sources[0].node.position
    between = graph.new_node("Concat", position=((position[0] + step.node.position[0]) / 2, position[1]))
    before = tuple(graph.new_wire(source.node, between, output=source.output) for source in sources)
    after = graph.new_wire(between, step.node, input=port)
    removal = RemoveWires(tuple(source.wire.id for source in sources))
    return (Fix("Join them with a Concat", Sequence((removal, AddNodes((between,), (*before, after))))),)


def _wire_fixes(reason: str, source: Source) -> tuple[Fix, ...]:
    """What mends a wire to a neuron."""
    wire = source.wire
    if reason == "tie":
        return (Fix("Untie the wire", SetWire(wire.id, tie=None)),)
    if reason == "weights":
        return (Fix("Start with random weights", SetWire(wire.id, weight=None)),)
    if reason == "element" and source.shape is not None:
        last = sample_size(source.shape) - 1
        return (Fix(f"Let the wire pick element {last}", SetWire(wire.id, element=last)),)
    return ()


def _changed(graph: Graph, step: Step, objection: Objection) -> tuple[Fix, ...]:
    """The change that an objection proposes, if the node that it is for has such parameters."""
    node, where = step.node, ""
    if objection.of_source is not None:
        sources = step.received[objection.of_source]
        if len(sources) != 1:
            return ()
        node = sources[0].node
        where = f" in '{node.name}'"
    if not objection.change or not set(objection.change) <= set(graph.kind_of(node).parameters):
        return ()
    words = ", ".join(f"{name} = {'empty' if value is None else value}" for name, value in objection.change.items())
    label = objection.label.format(source=node.name) or f"Use {words}{where}"
    return (Fix(label, SetParameters(node.id, dict(objection.change))),)


def _inserted(graph: Graph, step: Step, insertion: Insertion | None) -> tuple[Fix, ...]:
    """Put a node, or several, into the wires of one input: several neurons are gathered there."""
    if insertion is None or not step.received[insertion.input]:
        return ()
    source = step.received[insertion.input][0]
    wires = {one.wire.id: one.wire for one in step.received[insertion.input]}
    chain = _chain(insertion)
    (x0, y0), (x1, y1) = source.node.position, step.node.position
    between = []
    for number, one in enumerate(chain, start=1):
        share = number / (len(chain) + 1)
        position = (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        between.append(graph.new_node(one.kind, position=position, **one.parameters))
    before = [graph.new_wire(graph.node(wire.source), between[0], output=wire.output) for wire in wires.values()]
    inside = [graph.new_wire(one, other) for one, other in itertools.pairwise(between)]
    # In the place of the wire that it replaces among those of a port that takes several.
    after = replace(graph.new_wire(between[-1], step.node, input=source.wire.input), order=source.wire.order)
    edit = Sequence((RemoveWires(tuple(wires)), AddNodes(tuple(between), (*before, *inside, after))))
    is_plain = len(step.sources) == 1 and not any(one.parameters for one in chain)
    where = "before it" if is_plain else f"after '{source.node.name}'"
    return (Fix(f"Put {_listed([_named(one) for one in chain])} {where}", edit),)


def _chain(insertion: Insertion | None) -> list[Insertion]:
    """An insertion and those behind it."""
    found = []
    while insertion is not None:
        found.append(insertion)
        insertion = insertion.then
    return found


def _named(insertion: Insertion) -> str:
    article = "an" if insertion.kind[0] in "AEIOU" else "a"
    values = ", ".join(f"{name} = {value}" for name, value in insertion.parameters.items())
    return f"{article} {insertion.kind}{f' with {values}' if values else ''}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _taken_away(graph: Graph, step: Step) -> tuple[Fix, ...]:
    """Where nothing else mends it: go without the node, or without a wire that need not be."""
    if len(step.sources) == 1 and len(step.kind.outputs) == 1:
        return (Fix(f"Take '{step.node.name}' out", _bypassed(graph, step)),)
    for arrival, port in reversed(list(zip(step.arrivals, step.kind.inputs, strict=True))):
        if arrival.sources and (port.optional or (port.variadic and len(arrival.sources) > 1)):
            source = arrival.sources[-1]
            return (Fix(f"Remove the wire from '{source.node.name}'", RemoveWires((source.wire.id,))),)
    return ()


def _bypassed(graph: Graph, step: Step) -> Sequence:
    """What feeds a node goes on to where the node's result went."""
    source = step.sources[0]
    onwards = []
    for wire in graph.outgoing(step.node.id):
        fresh = graph.new_wire(source.node, graph.node(wire.target)).id
        onwards.append(replace(wire, id=fresh, source=source.node.id, output=source.output))
    return Sequence((RemoveNodes((step.node.id,)), AddWires(tuple(onwards))))
