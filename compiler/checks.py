"""Checks of a drawing: its structure and its shapes, in words that a student understands."""

from __future__ import annotations

from compiler.arrivals import Source, sample_size
from compiler.block_sentences import BLOCK_SENTENCES
from compiler.dynamic_axes import Lengths, Refusal
from compiler.fixes import fixes_for
from compiler.length_problems import length_problem
from compiler.program import Program, Step, lower
from compiler.shapes import shape_text
from graph_model import Graph, Problem
from graph_model.objection import CAME, Objection
from graph_model.structure import structural_problems


def check(graph: Graph) -> list[Problem]:
    """Return everything that is wrong with a drawing; without errors among them it can run."""
    return problems_of(lower(graph))


def problems_of(program: Program, lengths: Lengths | None = None) -> list[Problem]:
    """Return the problems of a program: structure first, then the first faulty node of each chain, then what keeps axes
    from having any length. `lengths`: what is known of them already."""
    known = program.lengths if lengths is None else lengths
    steps = _problems_of_steps(program)
    return [
        *structural_problems(program.drawing),
        *steps,
        *(_problem_of_length(program, one) for one in known.refusals),
    ]


def _problem_of_length(program: Program, refusal: Refusal) -> Problem:
    return length_problem(program, refusal, "" if refusal.step.fault is None else sentence(refusal.step))


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
    if fault.objection is not None:
        return _objection_sentence(step, this, fault.objection)
    assert fault.source is not None
    if fault.reason == "crowded":
        port = step.kind.inputs[fault.source.wire.input].name
        return (
            f"{this} takes one value at its port '{port}', but {_listed(step)} arrive: only single numbers can meet "
            f"there. Join them with a Concat."
        )
    return _wire_sentence(step, fault.source)


def _objection_sentence(step: Step, this: str, objection: Objection) -> str:
    if not step.sources:
        return f"{this}: {objection.words}."
    came = _listed(step) if objection.at is None else _at_its_port(step, objection.at)
    if CAME in objection.words:
        return f"{this} {objection.words.replace(CAME, came)}."
    return f"{this} receives {came}: {objection.words}."


def _wire_sentence(step: Step, source: Source) -> str:
    """Say what is wrong with a wire to a neuron."""
    fault = step.fault
    assert fault is not None
    assert source.shape is not None
    this = f"The wire from '{source.node.name}' to '{step.node.name}'"
    size = sample_size(source.shape)
    if fault.reason == "element":
        given = f"{size} numbers: elements 0 to {size - 1}" if size > 1 else "one number, element 0"
        return f"{this} picks element {source.wire.element}, but '{source.node.name}' gives {given}."
    if fault.reason == "tie":
        return (
            f"{this} is tied as '{source.wire.tie}' to wires that carry another number of weights: only wires that "
            f"carry equally many can share them."
        )
    assert isinstance(source.wire.weight, tuple)
    carried = "one number" if source.is_scalar else shape_text(source.shape)
    return f"{this} has {len(source.wire.weight)} weights, but carries {carried}."


def _at_its_port(step: Step, at: int) -> str:
    """One of the shapes that arrive, with its port where there may be a doubt."""
    port = step.received[at][0].wire.input
    is_one_of_several = port > 0 or sum(bool(arrival.sources) for arrival in step.arrivals) > 1
    where = f" at its port '{step.kind.inputs[port].name}'" if is_one_of_several else ""
    shape = step.call_shapes[at]
    assert shape is not None
    return f"{shape_text(shape)}{where}"


def _listed(step: Step) -> str:
    """Everything that arrives, with where it comes from and its port where there are several."""
    parts = []
    several_ports = len(step.kind.inputs) > 1
    for sources, shape in zip(step.received, step.call_shapes, strict=True):
        if sources and shape is not None:
            where = f" at '{step.kind.inputs[sources[0].wire.input].name}'" if several_ports else ""
            parts.append((shape_text(shape), f" from '{sources[0].node.name}'{where}"))
    if len(parts) == 1:
        return parts[0][0]
    shown = [shape + origin for shape, origin in parts]
    return ", ".join(shown[:-1]) + f" and {shown[-1]}"
