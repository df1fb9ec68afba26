"""The figures of every step of a program."""

from __future__ import annotations

from dataclasses import replace

from compiler.arrivals import result_key, sample_size, weight_count
from compiler.cost.measuring import Amount, NodeFigures, Peak, measure, measure_module
from compiler.cost.parameters import BYTES_PER_NUMBER, parameter_counts
from compiler.cost.part import Question
from compiler.program import Program, Step
from compiler.shapes import hashable_arguments

RECURRENT = "Recurrent"
"""The family of the kinds that do the same at each time step."""


def figures_of(program: Program) -> dict[str, NodeFigures]:
    """Return node id -> figures, for the steps without fault, in the order of running."""
    trained = parameter_counts(program)
    reached: dict[str, bool] = {}
    time_first: set[str] = set()
    found: dict[str, NodeFigures] = {}
    owners: set[str] = set()
    for step in program.steps:
        if step.fault is not None:
            continue
        arriving = _arriving(step, reached)
        own = _figures(step, arriving, trained[step.node.id], time_first)
        time_first |= {result_key(step.node.id, port) for port, laid in enumerate(own.time_first) if laid}
        if step.owner in owners and not step.kind.gives_scalar:
            own = replace(own, numbers=0, trained_numbers=0, largest_weight=0, buffers=0)  # they are another node's
        owners.add(step.owner)
        found[step.node.id] = own
        reached[step.node.id] = bool(trained[step.node.id]) or any(arriving)
    return found


def _arriving(step: Step, reached: dict[str, bool]) -> tuple[bool, ...]:
    """For each input of the module: whether something before it is trained, so that a gradient must get there."""
    flags: list[bool] = []
    for arrival in step.arrivals:
        each = [reached.get(source.node.id, False) for source in arrival.sources]
        flags += [any(each)] if arrival.stacked else each or [False]
    return tuple(flags)


def _figures(step: Step, arriving: tuple[bool, ...], trained: int, time_first: set[str]) -> NodeFigures:
    if step.kind.brings_data or not step.kind.outputs:
        return _passing(step)
    if step.kind.gives_scalar:
        return _neuron(step, arriving, trained)
    values = step.node.parameters
    question = Question(
        step.kind.name,
        hashable_arguments(step.kind, values),
        values.get("activation", "Identity"),
        step.call_shapes,
        arriving if step.call_shapes else (False,),
        bool(values.get("trainable", True)),
        _sequences(step),
        tuple(any(source.key in time_first for source in sources) for sources in step.received),
    )
    if step.over_time is None:
        return measure(question)
    from compiler.build import over_time_module

    options = {"last": True} if step.over_time.last else {}
    return measure_module(step.kind, over_time_module(step.over_time, 0).to("meta"), question, **options)


def _sequences(step: Step) -> tuple[int, ...]:
    """The places of the inputs that a step reads one time step after the other, doing the same at each."""
    if step.over_time is not None:
        return tuple(place for place, each in enumerate(step.over_time.sequences) if each)
    reads_one = step.kind.family == RECURRENT and step.kind.learnable and step.kind.needs.sequence
    if not reads_one or not step.call_shapes or not step.output_shapes:
        return ()
    # A tree gives one answer for all, and has a shape that follows from the number of time steps.
    given = step.call_shapes[0]
    return (0,) if given is not None and step.output_shapes[0][:2] == given[:2] else ()


def _passing(step: Step) -> NodeFigures:
    """Of where data enters or leaves: only the data itself."""
    numbers = [sample_size(shape) for shape in step.output_shapes or ()]
    outputs = tuple(Amount(0, BYTES_PER_NUMBER * count) for count in numbers)
    return _plain(outputs, len(step.input_shapes))


def _neuron(step: Step, arriving: tuple[bool, ...], trained: int) -> NodeFigures:
    """Of a drawn neuron, of which many run as one matrix product: its share of that."""
    weights = sum(weight_count(source) for source in step.sources) if step.kind.weighs_wires else 0
    numbers = weights + (1 if step.kind.weighs_wires else 0)
    number = Amount(0, BYTES_PER_NUMBER)
    plain = _plain((number,), len(arriving))
    is_activated = step.node.parameters.get("activation", "Identity") != "Identity"
    return NodeFigures(
        numbers=max(numbers, trained),
        trained_numbers=trained,
        largest_weight=weights,
        buffers=0,
        multiply_adds=Amount(0, weights),
        outputs=plain.outputs,
        views=plain.views,
        inner=number if is_activated else Amount(),
        keeps_inputs=(True,) * len(arriving),
        keeps_outputs=(is_activated,),
        forward_peak=Peak((Amount(0, 2 * BYTES_PER_NUMBER),)),
        backward_peak=Peak((Amount(BYTES_PER_NUMBER * trained, BYTES_PER_NUMBER * (1 + sum(arriving))),)),
        gradients=tuple(number if flag else Amount() for flag in arriving),
        passes_on=plain.passes_on,
    )


def _plain(outputs: tuple[Amount, ...], inputs: int) -> NodeFigures:
    nothing = Amount()
    total = Amount(0, sum(one.per_sample for one in outputs))
    return NodeFigures(
        numbers=0,
        trained_numbers=0,
        largest_weight=0,
        buffers=0,
        multiply_adds=nothing,
        outputs=outputs,
        views=(None,) * len(outputs),
        inner=nothing,
        keeps_inputs=(False,) * inputs,
        keeps_outputs=(False,) * len(outputs),
        forward_peak=Peak((total,)),
        backward_peak=Peak(),
        gradients=(nothing,) * inputs,
        passes_on=(None,) * inputs,
    )
