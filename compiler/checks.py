"""Checks of a drawing: its structure and its shapes, in words that a student understands."""

from __future__ import annotations

from compiler.block_sentences import BLOCK_SENTENCES
from compiler.fixes import fixes_for
from compiler.program import Program, Source, Step, lower, sample_size
from compiler.shapes import Shape, shape_text
from graph_model import Graph, Problem
from graph_model.structure import structural_problems


def check(graph: Graph) -> list[Problem]:
    """Return everything that is wrong with a drawing; without errors among them it can run."""
    return problems_of(lower(graph))


def infer_shapes(graph: Graph) -> dict[tuple[str, int], Shape]:
    """Return (node name, output port) -> shape, e.g. ("batch", 32), as far as shapes can be inferred.

    An Output has what arrives at it under port 0. What is inside a block has a path for a name: "layer1/conv1".
    """
    program = lower(graph)
    names = {node.id: node.name for node in (*program.graph.nodes(), *graph.nodes())}
    return {(names.get(node_id, node_id), port): shape for (node_id, port), shape in shapes_of(program).items()}


def shapes_of(program: Program) -> dict[tuple[str, int], Shape]:
    """Return (node id, output port) -> shape, as `infer_shapes` does."""
    shapes: dict[tuple[str, int], Shape] = {}
    for step in program.steps:
        if step.fault is None and not step.kind.outputs:
            shapes.update({(step.node.id, port): shape for port, shape in enumerate(step.input_shapes)})
        for port, shape in enumerate(step.output_shapes or ()):
            shapes[step.node.id, port] = shape
        for inner in step.over_time.programs[:1] if step.over_time is not None else ():
            shapes.update(shapes_of(inner))
    for place, (node_id, port) in program.flat.leaving.items():
        if (node_id, port) in shapes:
            shapes[place] = shapes[node_id, port]
    return shapes


def problems_of(program: Program) -> list[Problem]:
    """Return the problems of a program: structure first, then the first faulty node of each chain."""
    return [*structural_problems(program.drawing), *_problems_of_steps(program)]


def _problems_of_steps(program: Program) -> list[Problem]:
    problems: list[Problem] = []
    for step in program.steps:
        if step.fault is None or step.fault.reason == "waiting":
            continue
        if step.fault.reason == "inside" and step.over_time is not None:
            problems += _problems_of_steps(step.over_time.programs[0])
        else:
            problems.append(Problem("error", step.node.name, sentence(step), fixes_for(program, step), step.node.id))
    return problems


def sentence(step: Step) -> str:
    """Say what is wrong with a faulty step."""
    fault = step.fault
    assert fault is not None
    this = f"{step.kind.name} '{step.node.name}'"
    if fault.reason in BLOCK_SENTENCES:
        return BLOCK_SENTENCES[fault.reason](step, this)
    source = fault.source
    came = shape_text(source.shape) if source is not None and source.shape is not None else ""
    if fault.reason == "rank" and source is not None:
        return _rank_sentence(step, this, came)
    if fault.reason == "differs":
        return f"{this} needs the same shape from all its wires, but receives {_listed(step)}."
    if fault.reason == "crowded" and source is not None:
        return (
            f"{this} takes one value at its port '{step.kind.inputs[source.wire.input].name}', but {_listed(step)} "
            f"arrive: only single numbers can meet there. Join them with a Concat."
        )
    if fault.reason == "vector":
        return (
            f"{this} receives {came}: a neuron takes single numbers or a vector, so put a Flatten before it, or let "
            f"the wire pick one element."
        )
    if fault.reason == "element" and source is not None and source.shape is not None:
        return (
            f"The wire from '{source.node.name}' to '{step.node.name}' picks element {source.wire.element}, but "
            f"'{source.node.name}' gives {sample_size(source.shape)} numbers: elements 0 to "
            f"{sample_size(source.shape) - 1}."
        )
    if fault.reason == "tie" and source is not None:
        return (
            f"The wire from '{source.node.name}' to '{step.node.name}' is tied as '{source.wire.tie}' to wires that "
            f"carry another number of weights: only wires that carry equally many can share them."
        )
    if fault.reason == "weights" and source is not None and isinstance(source.wire.weight, tuple):
        return (
            f"The wire from '{source.node.name}' to '{step.node.name}' has {len(source.wire.weight)} weights, but "
            f"carries {came}."
        )
    if fault.reason == "objection" and fault.objection is not None:
        came = f" receives {_listed(step)}" if step.sources else ""
        return f"{this}{came}: {fault.objection.words}."
    if fault.reason == "width" and source is not None:
        port = step.kind.inputs[source.wire.input].name
        needed = step.kind.widths(step.node.parameters)[port]
        return f"{this} receives {came} at its port '{port}', but needs (batch, {needed})."
    if fault.reason == "batch":
        return (
            f"{this} mixes the examples of a batch with each other. Axis 0 is the batch and must stay by itself: "
            f"use axis 1 or later."
        )
    return _refused_sentence(step, this)


def _rank_sentence(step: Step, this: str, came: str) -> str:
    fault = step.fault
    assert fault is not None
    assert fault.source is not None
    assert fault.source.shape is not None
    port = fault.source.wire.input
    needs = step.kind.needs_at(port)
    is_one_of_several = port > 0 or sum(bool(arrival.sources) for arrival in step.arrivals) > 1
    where = f" at its port '{step.kind.inputs[port].name}'" if is_one_of_several else ""
    if needs.fix_by_flattening and len(fault.source.shape) > max(needs.ranks):
        return f"{this} receives {came}{where}: put a Flatten before it."
    return f"{this} receives {came}{where}, but needs {needs.words}."


def _refused_sentence(step: Step, this: str) -> str:
    """Say in our words what torch refused; its own text only helps to recognise the case."""
    fault = step.fault
    assert fault is not None
    said = fault.torch_says.lower()
    values = step.node.parameters
    came = _listed(step)
    expected = step.kind.expects(values, step.call_shapes)
    if expected:
        return f"{this} receives {came}, but needs {expected}."
    if step.kind.needs.axis and "out of range" in said:
        return f"{this} receives {came}, which has no axis {values[step.kind.needs.axis]}."
    if step.kind.needs.refusal:
        return f"{this} receives {came}, but needs {step.kind.needs.refusal.format(**values)}."
    if "unflattened_size" in values:
        return f"{this} cannot fold {came} into {shape_text(tuple(values['unflattened_size']))}: the numbers differ."
    if values.get("pruned"):
        return f"{this} receives {came}, but lists missing connections to neurons or inputs that it does not have."
    if "num_parameters" in values:
        return f"{this} has {values['num_parameters']} slopes: use 1, or the number of channels of {came}."
    if "dimension out of range" in said or "start_dim" in said or "dim" in values:
        return f"{this} receives {came}, which has no axis as its parameters name it."
    return f"{this} cannot work on {came} with its present parameters."


def _listed(step: Step) -> str:
    parts = []
    for port, arrival in zip(step.kind.inputs, step.arrivals, strict=True):
        where = f" at '{port.name}'" if len(step.kind.inputs) > 1 else ""
        for index, shape in enumerate(arrival.shapes or ()):
            parts.append((arrival.sources[index], shape, where))
    if len(parts) == 1:
        return shape_text(parts[0][1])
    shown = [f"{shape_text(shape)} from '{_name(source)}'{where}" for source, shape, where in parts]
    return ", ".join(shown[:-1]) + f" and {shown[-1]}"


def _name(source: Source) -> str:
    return source.node.name
