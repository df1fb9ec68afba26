"""All weights of a drawing in float64: those of neurons in one vector, where what is shared has one slot.

Names are those of Document.weights: "<wire id>.weight", "<neuron id>.bias", "<layer id>.<parameter>".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
import torch

from compiler.arrivals import weight_count
from compiler.over_time import all_programs
from compiler.program import Program, Step
from graph_model import TrainingError
from graph_model.catalogue.neurons import BIAS_TIE

LEARNED_SLOPE = "PReLU"
"""The activation of which each neuron learns the slope."""


@dataclass(frozen=True)
class Weights:
    """The values: `neurons`, (slots,); `layers`, name -> tensor. Both float64."""

    neurons: torch.Tensor
    layers: dict[str, torch.Tensor]


class WeightSlots:
    """Where each weight on a wire and each bias of a neuron stands in one vector, and what they start with.

    `of_name`: name -> its slots; names that share a weight have the same. `is_vector`: whether the name's array has an
    axis, and is no single number. `trainable`, `is_bias`: (slots,).
    `layers`: name -> what the weights and buffers of layers start with.
    """

    def __init__(self, program: Program, start: Mapping[str, Any]) -> None:
        self.of_name: dict[str, slice] = {}
        self.is_vector: dict[str, bool] = {}
        self._shared: dict[tuple[str, int, str, int], slice] = {}
        self._trainable: list[bool] = []
        self._is_bias: list[bool] = []
        for number, one in enumerate(all_programs(program)):
            for step in one.steps:
                if step.kind.weighs_wires:
                    self._add_neuron(step, number)
        self.trainable = torch.tensor(self._trainable, dtype=torch.bool)
        self.is_bias = torch.tensor(self._is_bias, dtype=torch.bool)
        self.layers = {name: array for name, array in start.items() if name not in self.of_name}
        self.start = self._filled(start)

    def _add_neuron(self, step: Step, program: int) -> None:
        """Wires and biases share within one program: a label in the body of a block over time is its own."""
        for source in step.sources:
            wire, count = source.wire, weight_count(source)
            self.is_vector[f"{wire.id}.weight"] = not source.is_scalar and wire.element is None
            self._add(f"{wire.id}.weight", ("wire", program, wire.tie, count), wire.trainable, is_bias=False)
        parameters = step.node.parameters
        tie = ("bias", program, parameters[BIAS_TIE], 1)
        self._add(f"{step.node.id}.bias", tie, parameters["bias_trainable"], is_bias=True)
        if parameters["activation"] == LEARNED_SLOPE:
            self.is_vector[slope_name(step)] = True
            self._add(slope_name(step), ("slope", program, None, 1), True, is_bias=False)

    def _add(self, name: str, tie: tuple[str, int, str | None, int], trainable: bool, *, is_bias: bool) -> None:
        if name in self.of_name:
            return  # Places of a block over time that share their weights have the same names for them.
        what, program, label, count = tie
        key = None if label is None else (what, program, label, count)
        if key is not None and key in self._shared:
            place = self._shared[key]
        else:
            first = len(self._trainable)
            place = slice(first, first + count)
            self._trainable.extend([trainable] * count)
            self._is_bias.extend([is_bias] * count)
            if key is not None:
                self._shared[key] = place
        self.of_name[name] = place
        self.is_vector.setdefault(name, False)

    def _filled(self, start: Mapping[str, Any]) -> torch.Tensor:
        values = numpy.zeros(len(self._trainable))
        for name, place in self.of_name.items():
            values[place] = start[name]
        return torch.from_numpy(values)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a weight's array; () for a single number. Raises TrainingError for one not there."""
        if name in self.of_name:
            place = self.of_name[name]
            return (place.stop - place.start,) if self.is_vector[name] else ()
        if name in self.layers:
            return tuple(numpy.shape(self.layers[name]))
        raise TrainingError(f"There is no weight '{name}' in this drawing.")

    def place(self, name: str, index: Sequence[int] | int) -> tuple[int, ...]:
        """Return an index as a tuple that fits the weight's array; raises TrainingError otherwise."""
        shape = self.shape(name)
        found = tuple(int(entry) for entry in ((index,) if isinstance(index, int) else index))
        if len(found) != len(shape) or any(not 0 <= entry < size for entry, size in zip(found, shape, strict=True)):
            there = f"an array of shape {shape}" if shape else "a single number, whose place is ()"
            raise TrainingError(f"The weight '{name}' has no place {found}: it is {there}.")
        return found

    def values(self, stored: Mapping[str, Any], instead: Mapping[str, Any] | None = None) -> Weights:
        """Return the start, with what is stored in its place where name and shape fit, and then with `instead`.

        Of several stored values for one shared weight the first counts, as in apply_weights. Raises TrainingError if
        one of `instead` fits nothing.
        """
        neurons = self.start.clone()
        flat = neurons.numpy()
        layers = dict(self.layers)
        if stored:
            for name, place in reversed(self.of_name.items()):
                array = stored.get(name)
                if array is not None and numpy.shape(array) == self.shape(name):
                    flat[place] = array
            layers.update(
                (name, stored[name])
                for name in layers
                if name in stored and numpy.shape(stored[name]) == self.shape(name)
            )
        for name, array in (instead or {}).items():
            if numpy.shape(array) != self.shape(name):
                raise TrainingError(
                    f"The weight '{name}' has the shape {self.shape(name)}, but {numpy.shape(array)} was given."
                )
            if name in layers:
                layers[name] = array
            else:
                flat[self.of_name[name]] = array
        return Weights(neurons, {name: _as_tensor(array) for name, array in layers.items()})

    def value(self, weights: Weights, name: str) -> numpy.ndarray[Any, Any]:
        """Return a copy of one weight's array."""
        if name in weights.layers:
            return weights.layers[name].detach().numpy().copy()
        return weights.neurons[self.of_name[name]].detach().numpy().reshape(self.shape(name)).copy()


def _as_tensor(array: Any) -> torch.Tensor:
    tensor = torch.as_tensor(array)
    return tensor.double() if tensor.is_floating_point() else tensor


def slope_name(step: Step) -> str:
    """Return the name of what a PReLU neuron learns beside its weights and bias; its array has one number."""
    return f"{step.node.id}.activation.weight"
