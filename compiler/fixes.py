"""Edits that mend a problem of shapes."""

from __future__ import annotations

import math
from typing import Any

from compiler.program import Program, Source, Step
from graph_model import Fix, Graph
from graph_model.edits import AddNodes, RemoveWires, Sequence, SetParameters, SetWire


def fixes_for(program: Program, step: Step) -> tuple[Fix, ...]:
    """Return the edits that mend a faulty step, the most likely first."""
    fault = step.fault
    if fault is None:
        return ()
    source = fault.source
    if fault.reason in ("rank", "vector") and source is not None and source.shape is not None:
        return _rank_fixes(program.graph, step, source)
    if fault.reason == "width" and source is not None:
        return _width_fixes(program.graph, step, source)
    if fault.reason == "tie" and source is not None:
        return (Fix("Untie the wire", SetWire(source.wire.id, tie=None)),)
    if fault.reason == "weights" and source is not None:
        return (Fix("Start with random weights", SetWire(source.wire.id, weight=None)),)
    if fault.reason == "batch" and step.node.parameters.get("start_dim") == 0:
        return (Fix("Flatten from axis 1 on", SetParameters(step.node.id, {"start_dim": 1})),)
    if fault.reason == "batch" and "dim" in step.node.parameters:
        return (Fix("Use axis 1", SetParameters(step.node.id, {"dim": 1})),)
    if fault.reason == "refused":
        return _parameter_fixes(step)
    return ()


def _rank_fixes(graph: Graph, step: Step, source: Source) -> tuple[Fix, ...]:
    assert source.shape is not None
    needs = step.kind.needs_at(source.wire.input)
    ranks = needs.ranks or (2,)
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
    if source.node.kind == "Input" and step.kind.family == "Recurrent" and ranks == (3,):
        steps, features = _as_sequence([int(axis) for axis in source.shape[1:]])
        text = f"Make '{source.node.name}' a sequence of {steps} time steps with {features} numbers each"
        return (Fix(text, SetParameters(source.node.id, {"shape": [steps, features]})),)
    return ()


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
    return (Fix(f"Put a Linear with {size} neurons before it", _insert(graph, step, source, "Linear", size)),)


def _insert(graph: Graph, step: Step, source: Source, kind: str, out_features: int | None = None) -> Sequence:
    """Cut the wire and put a node between its ends."""
    start, end = source.node.position, step.node.position
    given: dict[str, Any] = {} if out_features is None else {"out_features": out_features}
    between = graph.new_node(kind, position=((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), **given)
    before = graph.new_wire(source.node, between, output=source.output)
    after = graph.new_wire(between, step.node, input=source.wire.input)
    return Sequence((RemoveWires((source.wire.id,)), AddNodes((between,), (before, after))))


def _parameter_fixes(step: Step) -> tuple[Fix, ...]:
    values = step.node.parameters
    fault = step.fault
    assert fault is not None
    mended = step.kind.mended(values, step.call_shapes)
    if mended:
        words = ", ".join(f"{name} {value}" for name, value in mended.items())
        return (Fix(f"Use {words}", SetParameters(step.node.id, mended)),)
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
    if values.get("groups", 1) != 1:
        return (Fix("Use groups = 1", SetParameters(step.node.id, {"groups": 1})),)
    if "kernel_size" in values and step.input_shapes:
        axes = len(step.input_shapes[0]) - 2
        padding = values["padding"]
        pads = [padding] * axes if isinstance(padding, int) else list(padding)
        smallest = min(int(axis) + 2 * pad for axis, pad in zip(step.input_shapes[0][2:], pads, strict=True))
        kernel = values["kernel_size"]
        largest = kernel if isinstance(kernel, int) else max(kernel)
        if 1 <= smallest < largest:
            change = {"kernel_size": smallest} | ({"dilation": 1} if "dilation" in values else {})
            return (Fix(f"Use kernel_size {smallest}", SetParameters(step.node.id, change)),)
    if "num_parameters" in values:
        return (Fix("Learn one slope", SetParameters(step.node.id, {"num_parameters": 1})),)
    return ()
