"""The numbers of one walk, read off for a neuron, a wire, a layer or one weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy
from torch import nn

from app.training.backpropagation.lstm_gates import gate_of
from app.training.backpropagation.parts import Column, Layer, Maxouts, Unrolled
from app.training.backpropagation.passing import Passing
from app.training.backpropagation.plan import Layout, input_ports, sizes_before
from app.training.backpropagation.quantities import (
    Array,
    LayerNumbers,
    NeuronNumbers,
    Number,
    Term,
    WeightNumbers,
    WeightTerm,
    WireNumbers,
)
from app.training.backpropagation.walk import Walk
from app.training.backpropagation.weight_slots import LEARNED_SLOPE, slope_name
from app.training.backpropagation.weight_terms import terms_of
from compiler.arrivals import Source
from compiler.program import Step
from graph_model import TrainingError


class Numbers:
    """Reads a walk over one example that went forwards and backwards.

    Nodes and wires are asked for by their ids in the walk's program. `path`: makes of such an id the one that the
    answers bear.
    """

    def __init__(self, layout: Layout, walk: Walk, path: Callable[[str], str]) -> None:
        self._layout = layout
        self._walk = walk
        self._path = path
        self._passing = Passing(layout, walk)
        self._slot_gradients: Array = walk.slot_gradients.numpy()

    # One of each

    def neuron(self, node_id: str) -> NeuronNumbers:
        """Return the numbers of a neuron, a maxout group or a scalar input; raises TrainingError for any other node."""
        step = self._step(node_id)
        if not step.kind.gives_scalar:
            raise TrainingError(f"{step.node.kind} '{step.node.name}' is no neuron: its numbers are those of a layer.")
        place, parameters = self._layout.places[node_id].start, step.node.parameters
        has_bias = step.kind.weighs_wires
        activation = parameters.get("activation", "Identity")
        own_slope = slope_name(step) if activation == LEARNED_SLOPE else None
        delta = float(self._passing.delta[place])
        return NeuronNumbers(
            id=self._path(node_id),
            name=step.node.name,
            kind=step.node.kind,
            activation=activation,
            z=self._walk.z[place].item(),
            a=self._walk.a[place].item(),
            slope=self._walk.slope[place].item(),
            upstream=self._walk.upstream[place].item(),
            delta=delta,
            bias=self._slot(self._passing.weights, f"{node_id}.bias") if has_bias else None,
            bias_gradient=delta if has_bias else None,
            shared_bias_gradient=self._slot(self._slot_gradients, f"{node_id}.bias") if has_bias else None,
            bias_trainable=has_bias and parameters["bias_trainable"],
            bias_tie=parameters.get("bias_tie"),
            learned_slope=None if own_slope is None else self._slot(self._passing.weights, own_slope),
            learned_slope_gradient=None if own_slope is None else self._slot(self._slot_gradients, own_slope),
            incoming=tuple(self._incoming(step, source) for source in step.sources),
            outgoing=tuple(self._outgoing(source) for source in self._layout.outgoing.get(node_id, ())),
        )

    def wire(self, wire_id: str) -> WireNumbers:
        """Return the numbers of a wire; raises TrainingError for one that was not in the drawing."""
        source = self._layout.wires.get(wire_id)
        if source is None:
            raise TrainingError(f"There was no wire '{wire_id}' in the drawing when these numbers were computed.")
        step = self._step(source.wire.target)
        carried, returned = self._passing.carried(source), self._passing.returned(step, source)
        weighed = step.kind.weighs_wires
        name = f"{wire_id}.weight" if weighed else None
        place = self._layout.places[step.node.id].start if weighed else 0
        delta = float(self._passing.delta[place]) if weighed else _number(source, returned)
        return WireNumbers(
            id=self._path(wire_id),
            source=self._path(source.node.id),
            target=self._path(step.node.id),
            input=_number(source, carried),
            weight=None if name is None else self._slots(self._passing.weights, name),
            slope=self._walk.slope[place].item() if weighed else None,
            upstream=self._walk.upstream[place].item() if weighed else None,
            delta=delta,
            returned=_number(source, returned),
            gradient=_number(source, carried * delta) if weighed else None,
            shared_gradient=None if name is None else self._slots(self._slot_gradients, name),
            trainable=weighed and source.wire.trainable,
            tie=source.wire.tie if weighed else None,
            weight_name=name,
        )

    def layer(self, node_id: str) -> LayerNumbers:
        """Return the numbers of a layer, an Input or an Output; raises TrainingError for a neuron."""
        step = self._step(node_id)
        if step.kind.gives_scalar:
            raise TrainingError(f"{step.node.kind} '{step.node.name}' is no layer: its numbers are those of a neuron.")
        prefix = f"{step.owner}."
        gradients = {
            name.removeprefix(prefix): value.numpy()
            for name, value in self._walk.layer_gradients.items()
            if name.startswith(prefix)
        }
        inputs = self._passing.inputs(step)
        is_end = not step.kind.outputs
        upstream = (
            self._walk.input_gradients[node_id][0][0].numpy() if is_end else self._sample(self._walk.upstream, step)
        )
        return LayerNumbers(
            id=self._path(node_id),
            name=step.node.name,
            kind=self._drawn_kind(step),
            activation=step.node.parameters.get("activation", "Identity"),
            inputs=inputs,
            output=inputs[0] if is_end else self._sample(self._walk.a, step),
            upstream=upstream,
            z=inputs[0] if is_end else self._sample(self._walk.z, step),
            delta=upstream if is_end else self._sample(self._walk.delta, step),
            input_gradients=tuple(value[0].numpy() for value in self._walk.input_gradients.get(node_id, ())),
            parameters={name: self._walk.weights.layers[prefix + name].numpy() for name in gradients},
            gradients=gradients,
            trainable=bool(gradients) and step.node.parameters.get("trainable", True),
            pruned=tuple((int(row), int(column)) for row, column in step.node.parameters.get("pruned") or ()),
            ports=input_ports(step),
            further_upstreams=tuple(
                self._sample(self._walk.upstream, step, port) for port in range(1, len(step.kind.outputs))
            ),
        )

    def weight(self, node_id: str, parameter: str, index: Sequence[int] | int) -> WeightNumbers:
        """Return one weight of a layer, spelled out: input × δ for each place where it is used.

        `parameter`: a name of LayerNumbers.parameters. Raises TrainingError for one that is not there.
        """
        layer = self.layer(node_id)
        if parameter not in layer.parameters:
            raise TrainingError(f"{layer.kind} '{layer.name}' has no weight '{parameter}'.")
        owner = self._step(node_id).owner
        place = self._layout.slots.place(f"{owner}.{parameter}", index)
        part = self._layout.part_of[node_id]
        module = part.module if isinstance(part, Layer) else None
        statistics = {
            name.removeprefix(f"{owner}."): value.numpy()
            for name, value in self._walk.weights.layers.items()
            if name in (f"{owner}.running_mean", f"{owner}.running_var")
        }
        if isinstance(part, Unrolled):
            # What a Delay holds at first is no factor of anything: ∂l/∂ of it is what came back to it.
            came_back = float(layer.gradients[parameter][place])
            terms: tuple[WeightTerm, ...] = (WeightTerm((), 1.0, came_back, came_back),)
        else:
            terms = tuple(terms_of(layer, module, parameter, place, statistics))
        return WeightNumbers(
            self._path(node_id),
            parameter,
            place,
            float(layer.parameters[parameter][place]),
            math.fsum(term.product for term in terms),
            terms,
            layer.trainable,
            gate_of(module, parameter, place) if isinstance(module, nn.LSTM) else None,
        )

    def activations(self) -> dict[str, Number]:
        """Return a for every node that gives something: a number, or a layer's array."""
        found = {node_id: self.activation(node_id) for node_id in self._layout.places}
        return {node_id: value for node_id, value in found.items() if value is not None}

    def activation(self, node_id: str) -> Number | None:
        """Return a of one node; None for an Output."""
        place, step = self._layout.places.get(node_id), self._step(node_id)
        if place is None:
            return None
        return self._walk.a[place.start].item() if step.kind.gives_scalar else self._sample(self._walk.a, step)

    # Reading

    def _step(self, node_id: str) -> Step:
        step = self._layout.program.by_id.get(node_id)
        if step is None:
            raise TrainingError(f"There was no node '{node_id}' in the drawing when these numbers were computed.")
        return step

    def _drawn_kind(self, step: Step) -> str:
        """As which kind a node is drawn: what a block's ports and Delays are at one time step is an Input or Output."""
        drawn, identifier = self._layout.program.flat.drawn_in(step.node.id)
        is_in_body = drawn is not self._layout.program.drawing and drawn.has_node(identifier)
        kind = drawn.kind_of(identifier) if is_in_body else step.kind
        return kind.name

    def _incoming(self, step: Step, source: Source) -> Term:
        carried, ends = self._passing.carried(source), (self._path(source.node.id), self._path(source.wire.id))
        part = self._layout.part_of[step.node.id]
        if isinstance(part, Maxouts):
            largest = float(carried.max())
            return Term(*ends, None, _number(source, carried), largest, source.wire.element)
        weight = self._passing.weights[self._layout.slots.of_name[f"{source.wire.id}.weight"]]
        return Term(
            *ends,
            _number(source, weight),
            _number(source, carried),
            float(numpy.dot(weight, carried)),
            source.wire.element,
        )

    def _outgoing(self, source: Source) -> Term:
        """What comes back along a wire that leaves a neuron: always one number."""
        target = self._layout.program.by_id[source.wire.target]
        product = float(self._passing.returned(target, source)[0])
        ends = self._path(target.node.id), self._path(source.wire.id)
        if not isinstance(self._layout.part_of.get(target.node.id), Column):
            return Term(*ends, None, product, product)
        weight = self._slot(self._passing.weights, f"{source.wire.id}.weight")
        delta = float(self._passing.delta[self._layout.places[target.node.id].start])
        return Term(*ends, weight, delta, product)

    def _sample(self, values: Any, step: Step, port: int = 0) -> Array:
        """What leaves one port of a layer."""
        if step.output_shapes is None or len(step.output_shapes) < 2:
            place, shape = self._layout.places[step.node.id], self._layout.shapes[step.node.id]
        else:
            first = self._layout.places[step.node.id].start + sizes_before(step, port)
            shape = tuple(int(axis) for axis in step.output_shapes[port][1:])
            place = slice(first, first + math.prod(shape))
        found: Array = values[place, 0].numpy().reshape(shape)
        return found

    def _slot(self, values: Any, name: str) -> float:
        return float(values[self._layout.slots.of_name[name].start])

    def _slots(self, values: Any, name: str) -> Number:
        if not self._layout.slots.is_vector[name]:
            return self._slot(values, name)
        found: Array = values[self._layout.slots.of_name[name]]
        return found


def _number(source: Source, values: Array) -> Number:
    """A number where the wire carries one, else the array, in the shape that the source gives."""
    if source.is_scalar or source.wire.element is not None:
        return float(values.reshape(-1)[0])
    return values
