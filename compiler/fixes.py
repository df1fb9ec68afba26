"""Edits that mend a problem of shapes."""

from __future__ import annotations

import math
from typing import Any, cast

from compiler.block_fixes import BLOCK_FIXES, as_drawn, set_inside
from compiler.program import Program, Source, Step, divides
from compiler.shapes import ShapeRefusal, output_shapes
from graph_model import Fix, Graph
from graph_model.blocks import InDefinition
from graph_model.catalogue import kind_named
from graph_model.edits import AddNodes, Edit, RemoveWires, Sequence, SetParameters, SetWire
from graph_model.joining import insertion_for
from graph_model.kind import Insertion, Objection
from graph_model.parameters import Choice


def fixes_for(program: Program, step: Step) -> tuple[Fix, ...]:
    """Return the edits that mend a faulty step, the most likely first."""
    if step.fault is None:
        return ()
    if step.fault.reason in BLOCK_FIXES:
        return BLOCK_FIXES[step.fault.reason](program, step)
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
    source = fault.source
    if fault.reason in ("rank", "vector") and source is not None and source.shape is not None:
        return _rank_fixes(graph, step, source)
    if fault.reason == "crowded" and source is not None:
        return _joining_fixes(graph, step, source.wire.input)
    if fault.reason == "width" and source is not None:
        return _width_fixes(graph, step, source)
    if fault.reason == "tie" and source is not None:
        return (Fix("Untie the wire", SetWire(source.wire.id, tie=None)),)
    if fault.reason == "weights" and source is not None:
        return (Fix("Start with random weights", SetWire(source.wire.id, weight=None)),)
    if fault.reason == "batch" and step.node.parameters.get("start_dim") == 0:
        return (Fix("Flatten from axis 1 on", SetParameters(step.node.id, {"start_dim": 1})),)
    if fault.reason == "batch" and "dim" in step.node.parameters:
        return (Fix("Use axis 1", SetParameters(step.node.id, {"dim": 1})),)
    if fault.reason == "objection" and fault.objection is not None:
        return _objection_fixes(graph, step, fault.objection)
    if fault.reason == "differs":
        return _inserted(graph, step, insertion_for(step.input_shapes, repeats=False))
    if fault.reason == "refused":
        return _parameter_fixes(step)
    return ()


def _joining_fixes(graph: Graph, step: Step, port: int) -> tuple[Fix, ...]:
    """A Concat takes what meets at a port."""
    sources = step.arrivals[port].sources
    position = sources[0].node.position
    between = graph.new_node("Concat", position=((position[0] + step.node.position[0]) / 2, position[1]))
    before = tuple(graph.new_wire(source.node, between, output=source.output) for source in sources)
    after = graph.new_wire(between, step.node, input=port)
    removal = RemoveWires(tuple(source.wire.id for source in sources))
    return (Fix("Join them with a Concat", Sequence((removal, AddNodes((between,), (*before, after))))),)


def _rank_fixes(graph: Graph, step: Step, source: Source) -> tuple[Fix, ...]:
    assert source.shape is not None
    needs = step.kind.needs_at(source.wire.input)
    ranks = needs.ranks or (2,)
    better = _fitting_choice(step, len(source.shape))
    if better is not None:
        return (better,)
    if len(source.shape) > max(ranks) and (needs.fix_by_flattening or step.kind.picks_elements):
        return (Fix("Put a Flatten before it", _insert(graph, step, source, "Flatten")),)
    if source.node.kind == "Input" and ranks == (4,):
        size = math.prod(int(axis) for axis in source.shape[1:])
        side = math.isqrt(size)
        if side * side == size and side > 1:
            image = [1, side, side]
            return (
                Fix(
                    f"Make '{source.node.name}' an image of 1×{side}×{side}",
                    SetParameters(source.node.id, {"shape": image}),
                ),
            )
    if step.kind.family == "Recurrent" and ranks == (2,) and len(source.shape) == 3:
        return (Fix("Put a LastStep before it", _insert(graph, step, source, "LastStep")),)
    if source.node.kind == "Input" and step.kind.family in ("Recurrent", "Attention") and ranks == (3,):
        steps, features = _as_sequence([int(axis) for axis in source.shape[1:]])
        text = f"Make '{source.node.name}' a sequence of {steps} time steps with {features} numbers each"
        return (Fix(text, SetParameters(source.node.id, {"shape": [steps, features]})),)
    if len(source.shape) + 1 in ranks:
        return _inserted(graph, step, Insertion(step.sources.index(source), "Unsqueeze", {"dim": 1}))
    return ()


def _fitting_choice(step: Step, rank: int) -> Fix | None:
    """A choice of the node with which its kind takes as many axes; one that is made for them before one for any."""
    kind, values = kind_named(step.node.kind), step.node.parameters
    fitting = [
        (len(ranks), name, choice)
        for name, parameter in kind.parameters.items()
        if isinstance(parameter, Choice)
        for choice in parameter.choices
        if (ranks := kind.declared_for({**values, name: choice}).needs.ranks) != step.kind.needs.ranks and rank in ranks
    ]
    if not fitting:
        return None
    _, name, choice = min(fitting, key=lambda entry: entry[0])
    return Fix(f"Use {name} = {choice}", SetParameters(step.node.id, {name: choice}))


def _as_sequence(sizes: list[int]) -> tuple[int, int]:
    """Time steps and features for a sample: an image row by row, a vector as a square if it is one."""
    count = math.prod(sizes)
    side = math.isqrt(count)
    features = sizes[-1] if len(sizes) > 1 else side if side * side == count else 1
    return count // features, features


def _width_fixes(graph: Graph, step: Step, source: Source) -> tuple[Fix, ...]:
    """A Linear gives a vector of the size that a port takes."""
    if source.is_scalar:
        return ()
    size = step.kind.widths(step.node.parameters)[step.kind.inputs[source.wire.input].name]
    between = _insert(graph, step, source, "Linear", out_features=size)
    return (Fix(f"Put a Linear with {size} neurons before it", between),)


def _insert(graph: Graph, step: Step, source: Source, kind: str, **parameters: Any) -> Sequence:
    """Cut the wire and put a node between its ends."""
    start, end = source.node.position, step.node.position
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    between = graph.new_node(kind, position=middle, **parameters)
    before = graph.new_wire(source.node, between, output=source.output)
    after = graph.new_wire(between, step.node, input=source.wire.input)
    return Sequence((RemoveWires((source.wire.id,)), AddNodes((between,), (before, after))))


def _objection_fixes(graph: Graph, step: Step, objection: Objection) -> tuple[Fix, ...]:
    """The change that the declaration proposes, if the node that it is for has such parameters."""
    if objection.insertion is not None:
        return _inserted(graph, step, objection.insertion)
    node, kind = step.node, step.kind
    if objection.of_source is not None:
        arrival = step.arrivals[objection.of_source]
        node = arrival.sources[0].node
        kind = graph.kind_of(node)
    if not objection.change or not set(objection.change) <= set(kind.parameters):
        return ()
    where = "" if node is step.node else f" in '{node.name}'"
    words = ", ".join(f"{name} = {'empty' if value is None else value}" for name, value in objection.change.items())
    return (Fix(f"Use {words}{where}", SetParameters(node.id, dict(objection.change))),)


def _inserted(graph: Graph, step: Step, insertion: Insertion | None) -> tuple[Fix, ...]:
    """Put a node into the wire of one input; not where several neurons make up what arrives."""
    if insertion is None or len(step.sources) != len(step.input_shapes):
        return ()
    source = step.sources[insertion.input]
    words = ", ".join(f"{name} = {value}" for name, value in insertion.parameters.items())
    article = "an" if insertion.kind[0] in "AEIOU" else "a"
    text = f"Put {article} {insertion.kind}{f' with {words}' if words else ''} after '{source.node.name}'"
    return (Fix(text, _insert(graph, step, source, insertion.kind, **insertion.parameters)),)


def _group_fixes(step: Step) -> tuple[Fix, ...]:
    """The largest number of groups below the present one that divides the channels."""
    name, shape = step.kind.needs.groups, step.input_shapes[0]
    for count in range(min(step.node.parameters[name] - 1, int(shape[1])), 0, -1):
        if divides(shape, count):
            return (Fix(f"Use {name} = {count}", SetParameters(step.node.id, {name: count})),)
    return ()


def _axis_fixes(step: Step) -> tuple[Fix, ...]:
    """Another axis, the last that torch accepts."""
    name = step.kind.needs.axis
    for axis in range(len(step.input_shapes[0]) - 1, 0, -1):
        try:
            output_shapes(step.kind, {**step.node.parameters, name: axis}, step.call_shapes)
        except ShapeRefusal:
            continue
        return (Fix(f"Use axis {axis}", SetParameters(step.node.id, {name: axis})),)
    return ()


def _parameter_fixes(step: Step) -> tuple[Fix, ...]:
    values, needs = step.node.parameters, step.kind.needs
    mended = step.kind.mended(values, step.call_shapes)
    if mended:
        words = ", ".join(f"{name} {value}" for name, value in mended.items())
        return (Fix(f"Use {words}", SetParameters(step.node.id, mended)),)
    for low, high in needs.ordered:
        if values[low] > values[high]:
            swapped = {low: values[high], high: values[low]}
            return (Fix(f"Swap {low} and {high}", SetParameters(step.node.id, swapped)),)
    if needs.groups and step.input_shapes:
        return _group_fixes(step)
    if needs.dispensable and values[needs.dispensable] is not None:
        return (Fix(f"Leave {needs.dispensable} empty", SetParameters(step.node.id, {needs.dispensable: None})),)
    if needs.axis and step.input_shapes:
        return _axis_fixes(step)
    if values.get("pruned"):
        return (Fix("Connect every neuron to every input", SetParameters(step.node.id, {"pruned": None})),)
    if (
        "unflattened_size" in values
        and step.input_shapes
        and values["dim"] in (1, -1)
        and len(step.input_shapes[0]) == 2
    ):
        size = [int(step.input_shapes[0][1])]
        return (Fix(f"Use the shape {size}", SetParameters(step.node.id, {"unflattened_size": size})),)
    if "num_parameters" in values:
        return (Fix("Learn one slope", SetParameters(step.node.id, {"num_parameters": 1})),)
    return ()
