"""What passes on each wire: forwards what it carries, backwards ∂l/∂ of that."""

from __future__ import annotations

from app.training.backpropagation.parts import Column, Maxouts
from app.training.backpropagation.plan import Layout
from app.training.backpropagation.quantities import Array
from app.training.backpropagation.walk import Walk, maxout_shares
from compiler.arrivals import Source
from compiler.program import Step


class Passing:
    """Reads the wires of a walk over one example that went forwards and backwards."""

    def __init__(self, plan: Layout, walk: Walk) -> None:
        self.plan = plan
        self.walk = walk
        self.a: Array = walk.a[:, 0].numpy()
        self.delta: Array = walk.delta[:, 0].numpy()
        self.weights: Array = walk.weights.neurons.numpy()

    def carried(self, source: Source) -> Array:
        """Return what a wire carries: (1,) for a single number, else a sample as the source gives it."""
        first, count = self.plan.reach(source)
        values = self.a[first : first + count]
        if source.is_scalar or source.wire.element is not None:
            return values
        return values.reshape([int(axis) for axis in (source.shape or ())[1:]])

    def returned(self, step: Step, source: Source) -> Array:
        """Return what comes back along a wire to `step`, in the shape of what it carries."""
        part = self.plan.part_of.get(step.node.id)
        if isinstance(part, Column):
            weight = self.weights[self.plan.slots.of_name[f"{source.wire.id}.weight"]]
            product: Array = weight * self.delta[self.plan.places[step.node.id].start]
            return product
        if isinstance(part, Maxouts):
            return self._from_maxout(part, step, source)
        carried = self.carried(source)
        number = 0
        for arrival in step.arrivals:
            for position, one in enumerate(arrival.sources):
                if one.wire.id == source.wire.id:
                    gradient: Array = self.walk.input_gradients[step.node.id][number][0].numpy()
                    return gradient[position : position + 1] if arrival.stacked else gradient.reshape(carried.shape)
                number += not arrival.stacked
            number += arrival.stacked
        raise ValueError(f"The wire {source.wire.id} does not arrive at {step.node.id}.")

    def inputs(self, step: Step) -> tuple[Array, ...]:
        """Return what a layer or an Output receives at each of its inputs."""
        gathered = self.plan.received.get(step.node.id, ())
        return tuple(self.a[one.places].reshape(one.shape) for one in gathered)

    def _from_maxout(self, part: Maxouts, step: Step, source: Source) -> Array:
        number = next(number for number, one in enumerate(part.steps) if one.node.id == step.node.id)
        shares = maxout_shares(self.walk.a[part.sources[number]], self.walk.a[part.places[number]])
        back: Array = (shares * self.walk.delta[part.places[number]])[:, 0].numpy()
        first = 0
        for one in step.sources:
            carried = self.carried(one)
            if one.wire.id == source.wire.id:
                return back[first : first + carried.size].reshape(carried.shape)
            first += carried.size
        raise ValueError(f"The wire {source.wire.id} does not arrive at {step.node.id}.")
