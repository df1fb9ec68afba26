"""A drawing's weights in float64 with a real torch.optim optimizer, apart from the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy
import torch
from torch import nn

from app.training.backpropagation.plan import Plan
from app.training.backpropagation.walk import Walk
from app.training.backpropagation.weight_slots import Weights
from app.training.optimizers import make_optimizer
from compiler.weights import is_bias
from graph_model import TrainingError, TrainingSettings

NEURON_WEIGHTS, NEURON_BIASES = "neurons.weight", "neurons.bias"


@dataclass(frozen=True)
class Place:
    """Where one weight is: `parameter`: the name of the trained parameter and `number` its place there laid flat (None:
    it is not trained). `slot`: where it is among those of the neurons; None for a layer's."""

    name: str
    index: tuple[int, ...]
    slot: int | None
    parameter: str | None
    number: int
    is_bias: bool

    def gradient(self, walk: Walk) -> float:
        """Return ∂L/∂w of it after a backward pass."""
        if self.slot is not None:
            return walk.slot_gradients[self.slot].item()
        return walk.layer_gradients[self.name][self.index].item()


class TrainedCopy:
    """The weights as parameters: all trained weights of neurons are one, their biases another, and each layer's.

    All optimizers work number by number, so that this is the same as a parameter for each weight. `state`: weight name
    -> torch.optim's state of it at the start.
    """

    def __init__(
        self, plan: Plan, weights: Weights, settings: TrainingSettings, state: Mapping[str, Mapping[str, Any]]
    ) -> None:
        slots = plan.slots
        self.plan = plan
        self._start = weights
        self._slots = {
            NEURON_WEIGHTS: torch.nonzero(slots.trainable & ~slots.is_bias).flatten(),
            NEURON_BIASES: torch.nonzero(slots.trainable & slots.is_bias).flatten(),
        }
        values = {name: weights.neurons[places] for name, places in self._slots.items() if len(places)}
        values.update((name, weights.layers[name]) for name in _trained_layer_weights(plan))
        self.parameters = {name: nn.Parameter(value.detach().clone()) for name, value in values.items()}
        if not self.parameters:
            raise TrainingError("No weight of the drawing is trained: make a wire, a bias or a layer trainable.")
        self.optimizer = make_optimizer(
            settings.optimizer, self.parameters.items(), settings.learning_rate, settings.optimizer_options
        )
        self._take_over(state)

    def weights(self) -> Weights:
        """Return the present values."""
        neurons = self._start.neurons.clone()
        for name, places in self._slots.items():
            if name in self.parameters:
                neurons[places] = self.parameters[name].detach()
        layers = {name: value.detach() for name, value in self.parameters.items() if name not in self._slots}
        return Weights(neurons, {**self._start.layers, **layers})

    def step(self, walk: Walk) -> None:
        """Take one step with the gradients of a walk."""
        for name, parameter in self.parameters.items():
            places = self._slots.get(name)
            parameter.grad = walk.layer_gradients[name] if places is None else walk.slot_gradients[places]
        self.optimizer.step()

    def place(self, name: str, index: tuple[int, ...]) -> Place:
        """Return where a weight is; raises TrainingError for a buffer, which no gradient changes."""
        where = self.plan.slots.of_name.get(name)
        if where is not None:
            slot = where.start + (index[0] if index else 0)
            for parameter, places in self._slots.items():
                found = torch.nonzero(places == slot).flatten()
                if len(found):
                    return Place(name, index, slot, parameter, int(found[0]), parameter == NEURON_BIASES)
            return Place(name, index, slot, None, 0, bool(self.plan.slots.is_bias[slot]))
        if name not in _layer_weights(self.plan):
            raise TrainingError(f"'{name}' is not learned from a gradient.")
        of_bias = is_bias(name.partition(".")[2])
        if name not in self.parameters:
            return Place(name, index, None, None, 0, of_bias)
        shape = tuple(self.parameters[name].shape)
        return Place(name, index, None, name, int(numpy.ravel_multi_index(index, shape)), of_bias)

    def read(self, place: Place) -> tuple[float, dict[str, float]]:
        """Return a weight's value and the optimizer's numbers for it, by torch.optim's names."""
        if place.parameter is None:
            if place.slot is not None:
                return self._start.neurons[place.slot].item(), {}
            return self._start.layers[place.name][place.index].item(), {}
        parameter = self.parameters[place.parameter]
        numbers: dict[str, float] = {}
        for name, value in self.optimizer.state.get(parameter, {}).items():
            if name == "step":
                numbers[name] = float(value)
            elif torch.is_tensor(value) and value.shape == parameter.shape:
                numbers[name] = value.flatten()[place.number].item()
        return parameter.detach().flatten()[place.number].item(), numbers

    def _take_over(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """Start the optimizer from what it knew of each weight; what it knew nothing of starts at 0."""
        for name, parameter in self.parameters.items():
            places = self._slots.get(name)
            if places is None:
                if name in state:
                    self.optimizer.state[parameter] = {
                        key: _state_tensor(key, value, tuple(parameter.shape)) for key, value in state[name].items()
                    }
                continue
            self._take_over_neurons(parameter, places, state)

    def _take_over_neurons(
        self, parameter: nn.Parameter, places: torch.Tensor, state: Mapping[str, Mapping[str, Any]]
    ) -> None:
        number_of = {int(slot): number for number, slot in enumerate(places)}
        for name, known in state.items():
            where = self.plan.slots.of_name.get(name)
            if where is None or where.start not in number_of:
                continue
            first = number_of[where.start]
            held = self.optimizer.state[parameter]
            for key, value in known.items():
                shape = self.plan.slots.shape(name)
                tensor = _state_tensor(key, value, shape)
                if key == "step":
                    held[key] = tensor
                    continue
                held.setdefault(key, torch.zeros_like(parameter))
                held[key][first : first + where.stop - where.start] = tensor.reshape(-1)


def _layer_weights(plan: Plan) -> list[str]:
    """The names of everything that layers learn."""
    return [name for part in plan.learning_parts() for name in part.learned]


def _trained_layer_weights(plan: Plan) -> list[str]:
    return [
        name
        for part in plan.learning_parts()
        if part.steps[0].node.parameters.get("trainable", True)
        for name in part.learned
    ]


def _state_tensor(key: str, value: Any, shape: tuple[int, ...]) -> torch.Tensor:
    if key == "step":
        return torch.tensor(float(value), dtype=torch.float32)
    tensor = torch.as_tensor(numpy.array(value, dtype=numpy.float64))
    if tuple(tensor.shape) != shape:
        raise TrainingError(f"The optimizer's {key} has the shape {tuple(tensor.shape)}, but the weight {shape}.")
    return tensor
