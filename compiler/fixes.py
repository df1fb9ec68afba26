"""Edits that mend a problem of shapes."""

from __future__ import annotations

import math

from compiler.program import Program, Source, Step
from graph_model import Fix, Graph
from graph_model.catalogue import kind_named
from graph_model.edits import AddNodes, RemoveWires, Sequence, SetParameters, SetWire
from graph_model.kind import Objection
from graph_model.parameters import Choice


def fixes_for(program: Program, step: Step) -> tuple[Fix, ...]:
    """Return the edits that mend a faulty step, the most likely first."""
    fault = step.fault
    if fault is None:
        return ()
    source = fault.source
    if fault.reason in ("rank", "vector") and source is not None and source.shape is not None:
        return _rank_fixes(program.graph, step, source)
    if fault.reason == "tie" and source is not None:
        return (Fix("Untie the wire", SetWire(source.wire.id, tie=None)),)
    if fault.reason == "weights" and source is not None:
        return (Fix("Start with random weights", SetWire(source.wire.id, weight=None)),)
    if fault.reason == "batch" and step.node.parameters.get("start_dim") == 0:
        return (Fix("Flatten from axis 1 on", SetParameters(step.node.id, {"start_dim": 1})),)
    if fault.reason == "batch" and "dim" in step.node.parameters:
        return (Fix("Use axis 1", SetParameters(step.node.id, {"dim": 1})),)
    if fault.reason == "objection" and fault.objection is not None:
        return _objection_fixes(step, fault.objection)
    if fault.reason == "refused":
        return _parameter_fixes(step)
    return ()


def _rank_fixes(graph: Graph, step: Step, source: Source) -> tuple[Fix, ...]:
    assert source.shape is not None
    ranks = step.kind.needs.ranks or (2,)
    better = _fitting_choice(step, len(source.shape))
    if better is not None:
        return (better,)
    if len(source.shape) > max(ranks) and (step.kind.needs.fix_by_flattening or step.kind.picks_elements):
        return (Fix("Put a Flatten before it", _insert_flatten(graph, step, source)),)
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
    if source.node.kind == "Input" and step.kind.family == "Recurrent":
        steps, features = _as_sequence([int(axis) for axis in source.shape[1:]])
        text = f"Make '{source.node.name}' a sequence of {steps} time steps with {features} numbers each"
        return (Fix(text, SetParameters(source.node.id, {"shape": [steps, features]})),)
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


def _insert_flatten(graph: Graph, step: Step, source: Source) -> Sequence:
    """Cut the wire and put a Flatten between its ends."""
    start, end = source.node.position, step.node.position
    flatten = graph.new_node("Flatten", position=((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    before = graph.new_wire(source.node, flatten, output=source.output)
    after = graph.new_wire(flatten, step.node, input=source.wire.input)
    return Sequence((RemoveWires((source.wire.id,)), AddNodes((flatten,), (before, after))))


def _objection_fixes(step: Step, objection: Objection) -> tuple[Fix, ...]:
    """The change that the declaration proposes, if the node that it is for has such parameters."""
    node, kind = step.node, step.kind
    if objection.of_source is not None:
        arrival = step.arrivals[objection.of_source]
        node = arrival.sources[0].node
        kind = kind_named(node.kind)
    if not objection.change or not set(objection.change) <= set(kind.parameters):
        return ()
    where = "" if node is step.node else f" in '{node.name}'"
    words = ", ".join(f"{name} = {'empty' if value is None else value}" for name, value in objection.change.items())
    return (Fix(f"Use {words}{where}", SetParameters(node.id, dict(objection.change))),)


def _parameter_fixes(step: Step) -> tuple[Fix, ...]:
    values = step.node.parameters
    fault = step.fault
    assert fault is not None
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
