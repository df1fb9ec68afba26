"""One example goes forwards and backwards through a drawing, and every number on the way is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy
from torch import nn

from app.training.backpropagation.example import example_tensors, target_tensor
from app.training.backpropagation.lstm_gates import gate_of
from app.training.backpropagation.passing import Passing
from app.training.backpropagation.plan import Column, Layer, Maxouts, Plan, input_ports, sizes_before
from app.training.backpropagation.planning import plan_for
from app.training.backpropagation.quantities import (
    Array,
    LayerNumbers,
    NeuronNumbers,
    Number,
    Stage,
    Term,
    WeightNumbers,
    WireNumbers,
)
from app.training.backpropagation.stages import stages_of
from app.training.backpropagation.walk import Walk
from app.training.backpropagation.weight_slots import LEARNED_SLOPE, Weights, slope_name
from app.training.backpropagation.weight_terms import terms_of
from compiler.arrivals import Source
from compiler.program import Step
from graph_model import Document, Node, TrainingError

Inputs = Array | Sequence[Any]
"""One sample's array; for a network with several inputs, one array for each, in the order of the module's inputs."""


class Trace:
    """The numbers of one example. `output`: the network's answer, (n,). `target`: the number of the right class.

    It belongs to the drawing as it was: later edits do not change it.
    """

    def __init__(self, plan: Plan, weights: Weights, inputs: Inputs, target: int, loss: str) -> None:
        targets = target_tensor(plan, [target], loss)
        self._walk = Walk(plan, weights, example_tensors(plan, inputs))
        value, start = self._walk.loss(loss, targets)
        self._walk.backward(start)
        self._plan = plan
        self._passing = Passing(plan, self._walk)
        self._slot_gradients: Array = self._walk.slot_gradients.numpy()
        self.loss = float(value)
        self.output: Array = self._walk.answer()[0].numpy()
        self.target = int(target)
        self.stages: tuple[Stage, ...] = stages_of(plan, loss)

    def knows(self, node: Node) -> bool:
        """Whether a node was in the drawing, as this kind, when these numbers were computed."""
        step = self._plan.program.by_id.get(node.id)
        return step is not None and step.node.kind == node.kind

    def knows_wire(self, wire_id: str) -> bool:
        """Whether a wire was in the drawing when these numbers were computed."""
        return wire_id in self._plan.wires

    # One of each

    def neuron(self, node_id: str) -> NeuronNumbers:
        """Return the numbers of a neuron, a maxout group or a scalar input; raises TrainingError for any other node."""
        step = self._step(node_id)
        if not step.kind.gives_scalar:
            raise TrainingError(f"{step.node.kind} '{step.node.name}' is no neuron: its numbers are those of a layer.")
        place, parameters = self._plan.places[node_id].start, step.node.parameters
        has_bias = step.kind.weighs_wires
        activation = parameters.get("activation", "Identity")
        own_slope = slope_name(step) if activation == LEARNED_SLOPE else None
        delta = float(self._passing.delta[place])
        return NeuronNumbers(
            id=node_id,
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
            outgoing=tuple(self._outgoing(source) for source in self._plan.outgoing.get(node_id, ())),
        )

    def wire(self, wire_id: str) -> WireNumbers:
        """Return the numbers of a wire; raises TrainingError for one that was not in the drawing."""
        source = self._plan.wires.get(wire_id)
        if source is None:
            raise TrainingError(f"There was no wire '{wire_id}' in the drawing when these numbers were computed.")
        step = self._step(source.wire.target)
        carried, returned = self._passing.carried(source), self._passing.returned(step, source)
        weighed = step.kind.weighs_wires
        name = f"{wire_id}.weight" if weighed else None
        place = self._plan.places[step.node.id].start if weighed else 0
        delta = float(self._passing.delta[place]) if weighed else _number(source, returned)
        return WireNumbers(
            id=wire_id,
            source=source.node.id,
            target=step.node.id,
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
            id=node_id,
            name=step.node.name,
            kind=step.node.kind,
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
        place = self._plan.slots.place(f"{owner}.{parameter}", index)
        part = self._plan.part_of[node_id]
        assert isinstance(part, Layer)
        statistics = {
            name.removeprefix(f"{owner}."): value.numpy()
            for name, value in self._walk.weights.layers.items()
            if name in (f"{owner}.running_mean", f"{owner}.running_var")
        }
        return WeightNumbers(
            node_id,
            parameter,
            place,
            float(layer.parameters[parameter][place]),
            float(layer.gradients[parameter][place]),
            tuple(terms_of(layer, part.module, parameter, place, statistics)),
            layer.trainable,
            gate_of(part.module, parameter, place) if isinstance(part.module, nn.LSTM) else None,
        )

    def gradients(self) -> dict[str, Array]:
        """Return ∂l/∂w for every weight by its name in Document.weights; for shared ones the sum, under each name."""
        found: dict[str, Array] = {
            name: self._slot_gradients[place]
            if self._plan.slots.is_vector[name]
            else self._slot_gradients[place.start, ...]
            for name, place in self._plan.slots.of_name.items()
        }
        found.update((name, value.numpy()) for name, value in self._walk.layer_gradients.items())
        return found

    def gradient(self, name: str) -> Array:
        """Return ∂l/∂w of one weight by its name in Document.weights; for a shared one the sum."""
        if name in self._walk.layer_gradients:
            return self._walk.layer_gradients[name].numpy()
        shape = self._plan.slots.shape(name)
        if name not in self._plan.slots.of_name:
            raise TrainingError(f"'{name}' is not learned from a gradient.")
        found: Array = self._slot_gradients[self._plan.slots.of_name[name]].reshape(shape)
        return found

    def activations(self) -> dict[str, Number]:
        """Return a for every node that gives something: a number, or a layer's array."""
        return {
            node_id: self._walk.a[place.start].item() if step.kind.gives_scalar else self._sample(self._walk.a, step)
            for node_id, place in self._plan.places.items()
            for step in (self._plan.program.by_id[node_id],)
        }

    # Reading

    def _step(self, node_id: str) -> Step:
        step = self._plan.program.by_id.get(node_id)
        if step is None:
            raise TrainingError(f"There was no node '{node_id}' in the drawing when these numbers were computed.")
        return step

    def _incoming(self, step: Step, source: Source) -> Term:
        carried = self._passing.carried(source)
        part = self._plan.part_of[step.node.id]
        if isinstance(part, Maxouts):
            largest = float(carried.max())
            return Term(source.node.id, source.wire.id, None, _number(source, carried), largest, source.wire.element)
        weight = self._passing.weights[self._plan.slots.of_name[f"{source.wire.id}.weight"]]
        return Term(
            source.node.id,
            source.wire.id,
            _number(source, weight),
            _number(source, carried),
            float(numpy.dot(weight, carried)),
            source.wire.element,
        )

    def _outgoing(self, source: Source) -> Term:
        """What comes back along a wire that leaves a neuron: always one number."""
        target = self._plan.program.by_id[source.wire.target]
        product = float(self._passing.returned(target, source)[0])
        if not isinstance(self._plan.part_of.get(target.node.id), Column):
            return Term(target.node.id, source.wire.id, None, product, product)
        weight = self._slot(self._passing.weights, f"{source.wire.id}.weight")
        delta = float(self._passing.delta[self._plan.places[target.node.id].start])
        return Term(target.node.id, source.wire.id, weight, delta, product)

    def _sample(self, values: Any, step: Step, port: int = 0) -> Array:
        """What leaves one port of a layer."""
        if step.output_shapes is None or len(step.output_shapes) < 2:
            place, shape = self._plan.places[step.node.id], self._plan.shapes[step.node.id]
        else:
            first = self._plan.places[step.node.id].start + sizes_before(step, port)
            shape = tuple(int(axis) for axis in step.output_shapes[port][1:])
            place = slice(first, first + math.prod(shape))
        found: Array = values[place, 0].numpy().reshape(shape)
        return found

    def _slot(self, values: Any, name: str) -> float:
        return float(values[self._plan.slots.of_name[name].start])

    def _slots(self, values: Any, name: str) -> Number:
        if not self._plan.slots.is_vector[name]:
            return self._slot(values, name)
        found: Array = values[self._plan.slots.of_name[name]]
        return found


def _number(source: Source, values: Array) -> Number:
    """A number where the wire carries one, else the array, in the shape that the source gives."""
    if source.is_scalar or source.wire.element is not None:
        return float(values.reshape(-1)[0])
    return values


def trace_example(
    document: Document,
    inputs: Inputs,
    target: int,
    loss: str | None = None,
    weights: Mapping[str, Any] | None = None,
) -> Trace:
    """Return every number that backpropagation computes for one example, in float64.

    Dropout is off and batch normalisation uses its running statistics. `loss`: a name of app.training.losses, by
    default the document's. `weights`: name -> array, in the place of those of the document. The start is
    compile_graph's, so weights that were never trained are the same as in training (rounded to float32, as there).
    Keep the trace while you ask for others of the same drawing: they are then much faster. Raises CompileError if the
    drawing cannot run, TrainingError if the example does not fit it.
    """
    plan = plan_for(document)
    values = plan.slots.values(document.weights, weights)
    return Trace(plan, values, inputs, target, loss or document.training.loss)
