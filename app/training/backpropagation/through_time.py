"""What a block over time hands on from step to step, and what each step adds to the gradient of a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy

from app.training.backpropagation.bodies import Body
from app.training.backpropagation.quantities import Array, ReadingNumbers, StateNumbers, WeightNumbers, WeightTerm
from app.training.backpropagation.unrolling import Unrolling
from app.training.backpropagation.walk import Walk
from app.training.backpropagation.weight_slots import WeightSlots


def reading_numbers(body: Body, unrolling: Unrolling) -> ReadingNumbers:
    """Return h and ∂l/∂h of every Delay, at all time steps of one direction."""
    layout, moments = body.reading.layout, unrolling.moments[body.number]
    delays = layout.entries[len(unrolling.inputs) :]
    arriving = layout.ends[unrolling.part.outputs :]
    states = []
    for number, (delay, end) in enumerate(zip(delays, arriving, strict=True)):
        places, shape = end.gathered.places, end.gathered.shape
        node = layout.program.inputs[len(unrolling.inputs) + number].steps[0].node
        states.append(
            StateNumbers(
                id=body.path(node.id),
                name=node.name,
                values=numpy.stack([walk.a[places, 0].numpy().reshape(shape) for walk in moments]),
                gradients=numpy.stack([walk.upstream[places, 0].numpy().reshape(shape) for walk in moments]),
                start=unrolling.starts[body.number][number][:, 0].numpy().reshape(delay.gathered.shape),
                start_gradient=unrolling.start_gradients[body.number][number][:, 0].numpy().reshape(shape),
            )
        )
    return ReadingNumbers(body.place, body.start, body.reading.backwards, body.time, tuple(states))


def share_of_time_steps(slots: WeightSlots, moments: Sequence[Walk], name: str) -> Array:
    """Return what each time step adds to ∂l/∂ of one array of weights, (time, *shape); 0 where it is not used."""
    shape = slots.shape(name)
    if name in slots.of_name:
        return numpy.stack([walk.slot_gradients[slots.of_name[name]].numpy().reshape(shape) for walk in moments])
    unused = numpy.zeros(shape)
    found = (walk.layer_gradients.get(name) for walk in moments)
    return numpy.stack([unused if gradient is None else gradient.numpy() for gradient in found])


def terms_through_time(weight: WeightNumbers, each: Sequence[WeightNumbers]) -> WeightNumbers:
    """Return a weight with the terms of all time steps, in the order of time: their places begin with the step.

    `each`: the same weight at every time step.
    """
    terms = tuple(
        WeightTerm((step, *term.place), term.input, term.delta, term.product)
        for step, one in enumerate(each)
        for term in one.terms
    )
    return replace(weight, gradient=sum(term.product for term in terms), terms=terms)
