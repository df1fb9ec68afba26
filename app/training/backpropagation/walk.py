"""The forward and the backward pass themselves, in float64, for one example or several at once.

Every quantity is a tensor (numbers of a sample, examples), at the places of the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.func import functional_call

from app.training.backpropagation.parts import Column, Gathered, Layer, Maxouts, Unrolled
from app.training.backpropagation.plan import Layout
from app.training.backpropagation.unrolling import Unrolling
from app.training.backpropagation.weight_slots import LEARNED_SLOPE, Weights
from compiler.construction import apply_kind
from compiler.own_activation import activation_module

KeptForReturn = tuple[tuple[torch.Tensor, ...], dict[str, torch.Tensor], torch.Tensor, torch.Tensor]


class Walk:
    """One forward pass, and after `backward` one backward pass. The loss is averaged over the examples.

    `a`, `z`, `slope`: outputs, weighted sums, σ′(z). `upstream`, `delta`: ∂l/∂a, ∂l/∂z. For what is no neuron the slope
    is 1, and a layer's z is what its own activation receives. `slot_gradients`: (slots,); `layer_gradients`: name ->
    tensor; `input_gradients`: layer id -> one tensor (examples, …) for each input. `unrolled`: id of a block over time
    -> its walks, one for each time step.
    """

    def __init__(self, plan: Layout, weights: Weights, inputs: Sequence[torch.Tensor]) -> None:
        self.plan = plan
        self.weights = weights
        self.examples = inputs[0].shape[1]
        self.a = torch.zeros(plan.size, self.examples, dtype=torch.float64)
        self.z = torch.zeros_like(self.a)
        self.slope = torch.ones_like(self.a)
        self.upstream = torch.zeros_like(self.a)
        self.delta = torch.zeros_like(self.a)
        self.slot_gradients = torch.zeros_like(weights.neurons)
        self.layer_gradients: dict[str, torch.Tensor] = {}
        self.input_gradients: dict[str, tuple[torch.Tensor, ...]] = {}
        self.unrolled: dict[str, Unrolling] = {}
        self._kept: dict[str, KeptForReturn] = {}
        for entry, values in zip(plan.entries, inputs, strict=True):
            self.a[entry.gathered.places] = self.z[entry.gathered.places] = values
        for part in plan.parts:
            if isinstance(part, Column):
                self._column_forward(part)
            elif isinstance(part, Maxouts):
                self._maxouts_forward(part)
            elif isinstance(part, Unrolled):
                self._unrolled_forward(part)
            else:
                self._layer_forward(part)

    def answers(self) -> list[torch.Tensor]:
        """Return what each Output receives, (examples, …)."""
        return [self._gather(end.gathered) for end in self.plan.ends]

    def backward(self, starts: Sequence[torch.Tensor]) -> None:
        """Go back to the inputs from ∂l/∂ of what each Output receives, (examples, …)."""
        for end, start in zip(self.plan.ends, starts, strict=True):
            self.input_gradients[end.step.node.id] = (start,)
            self._return(end.gathered, start)
        for part in reversed(self.plan.parts):
            if isinstance(part, Column):
                self._column_backward(part)
            elif isinstance(part, Maxouts):
                self._maxouts_backward(part)
            elif isinstance(part, Unrolled):
                self._unrolled_backward(part)
            else:
                self._layer_backward(part)
        for entry in self.plan.entries:
            self.delta[entry.gathered.places] = self.upstream[entry.gathered.places]

    # A column of neurons: plain sums

    def _column_forward(self, part: Column) -> None:
        products = self.weights.neurons[part.slots].unsqueeze(1) * self.a[part.sources]
        z = self.weights.neurons[part.bias_slots].unsqueeze(1).repeat(1, self.examples)
        z.index_add_(0, part.targets, products)
        self.z[part.places] = z
        for name, numbers in part.activations.items():
            here = part.places[numbers]
            if name == LEARNED_SLOPE:
                negative = self.weights.neurons[part.learned_slopes].unsqueeze(1).expand(-1, self.examples)
                self.slope[here] = torch.where(z[numbers] > 0, 1.0, negative)
                self.a[here] = self.slope[here] * z[numbers]
            else:
                self.a[here], self.slope[here] = value_and_slope(name, z[numbers])

    def _column_backward(self, part: Column) -> None:
        delta = self.slope[part.places] * self.upstream[part.places]
        self.delta[part.places] = delta
        arriving = delta[part.targets]
        self.upstream.index_add_(0, part.sources, self.weights.neurons[part.slots].unsqueeze(1) * arriving)
        self.slot_gradients.index_add_(0, part.slots, (self.a[part.sources] * arriving).sum(dim=1))
        self.slot_gradients.index_add_(0, part.bias_slots, delta.sum(dim=1))
        if LEARNED_SLOPE in part.activations:
            here = part.places[part.activations[LEARNED_SLOPE]]
            learned = (self.upstream[here] * self.z[here].clamp(max=0.0)).sum(dim=1)
            self.slot_gradients.index_add_(0, part.learned_slopes, learned)

    # Maxout groups

    def _maxouts_forward(self, part: Maxouts) -> None:
        for place, sources in zip(part.places, part.sources, strict=True):
            self.a[place] = self.z[place] = self.a[sources].amax(dim=0)

    def _maxouts_backward(self, part: Maxouts) -> None:
        for place, sources in zip(part.places, part.sources, strict=True):
            self.delta[place] = self.upstream[place]
            shares = maxout_shares(self.a[sources], self.a[place])
            self.upstream.index_add_(0, sources, shares * self.upstream[place])

    # Blocks over time: the same function again and again

    def _unrolled_forward(self, part: Unrolled) -> None:
        inputs = [self._gather(gathered) for gathered in part.inputs]
        unrolling = Unrolling(part, self.weights, inputs, lambda layout, given: Walk(layout, self.weights, given))
        self.unrolled[part.steps[0].node.id] = unrolling
        together = torch.cat([_flat(answer) for answer in unrolling.answers()])
        self.a[part.place] = self.z[part.place] = together

    def _unrolled_backward(self, part: Unrolled) -> None:
        step, unrolling = part.steps[0], self.unrolled[part.steps[0].node.id]
        self.delta[part.place] = self.upstream[part.place]
        sizes = [math.prod(shape) for shape in part.answers]
        upstreams = torch.split(self.upstream[part.place], sizes)
        shaped = [one.T.reshape(self.examples, *shape) for one, shape in zip(upstreams, part.answers, strict=True)]
        self.input_gradients[step.node.id] = tuple(unrolling.backward(shaped))
        self.slot_gradients += unrolling.slot_gradients
        for name, gradient in unrolling.layer_gradients.items():
            self._add_layer_gradient(name, gradient)
        for gathered, gradient in zip(part.inputs, self.input_gradients[step.node.id], strict=True):
            self._return(gathered, gradient)

    # Layers: the module's own vector-Jacobian product

    def _layer_forward(self, part: Layer) -> None:
        step = part.steps[0]
        inputs = tuple(self._gather(gathered).requires_grad_() for gathered in part.inputs)
        learned: dict[str, torch.Tensor] = {}
        with torch.enable_grad():
            run = None
            if part.module is not None:
                run = _called_with(part.module, self._weights_of(f"{step.owner}.", part.module, learned))
            results = apply_kind(step.kind, run, step.node.parameters, part.arguments(inputs))
            z = results[0] if len(results) == 1 else torch.cat([result.flatten(1) for result in results], dim=1)
            if not z.requires_grad:
                z.requires_grad_()  # It depends on nothing, as a constant: its own ∂l/∂z is still of interest.
            out = z
            if part.activation is not None:
                given = self._weights_of(f"{step.owner}.activation.", part.activation, learned)
                out = functional_call(part.activation, given, (z,))
        self._kept[step.node.id] = (inputs, learned, z, out)
        self.z[part.place], self.a[part.place] = _flat(z), _flat(out)

    def _weights_of(self, prefix: str, module: nn.Module, learned: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return what a module is called with, and note under their full names those that have a gradient."""
        parameters = {name for name, _ in module.named_parameters()}
        given: dict[str, torch.Tensor] = {}
        for name in module.state_dict():
            given[name] = self.weights.layers[prefix + name]
            if name in parameters:
                given[name] = learned[prefix + name] = given[name].clone().requires_grad_()
        return given

    def _layer_backward(self, part: Layer) -> None:
        step = part.steps[0]
        inputs, learned, z, out = self._kept.pop(step.node.id)
        upstream = self.upstream[part.place].T.reshape(out.shape).clone()
        wanted = [z, *inputs, *learned.values()]
        # Where nothing comes back, 0 times a slope that is no number would be none.
        is_reached = bool(upstream.any())
        found = torch.autograd.grad(out, wanted, upstream, allow_unused=True) if is_reached else [None] * len(wanted)
        gradients = [
            torch.zeros_like(of) if gradient is None else gradient for gradient, of in zip(found, wanted, strict=True)
        ]
        self.delta[part.place] = _flat(gradients[0])
        self.input_gradients[step.node.id] = tuple(gradients[1 : 1 + len(inputs)])
        for name, gradient in zip(learned, gradients[1 + len(inputs) :], strict=True):
            self._add_layer_gradient(name, gradient)
        for gathered, gradient in zip(part.inputs, self.input_gradients[step.node.id], strict=True):
            self._return(gathered, gradient)

    def _add_layer_gradient(self, name: str, gradient: torch.Tensor) -> None:
        met = self.layer_gradients.get(name)
        self.layer_gradients[name] = gradient if met is None else met + gradient

    def _gather(self, gathered: Gathered) -> torch.Tensor:
        return self.a[gathered.places].T.reshape(self.examples, *gathered.shape)

    def _return(self, gathered: Gathered, gradient: torch.Tensor) -> None:
        self.upstream.index_add_(0, gathered.places, _flat(gradient))


def _called_with(module: nn.Module, weights: dict[str, torch.Tensor]) -> Callable[..., torch.Tensor]:
    """The module as it computes with these weights."""

    def run(*inputs: torch.Tensor | None) -> torch.Tensor:
        result: torch.Tensor = functional_call(module, weights, inputs)
        return result

    return run


def value_and_slope(activation: str, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return σ(z) and σ′(z) of an activation that is applied to each number by itself."""
    point = z.detach().clone().requires_grad_()
    with torch.enable_grad():
        value = activation_module(activation).double()(point)
        (slope,) = torch.autograd.grad(value.sum(), point)
    return value.detach(), slope


def maxout_shares(arriving: torch.Tensor, largest: torch.Tensor) -> torch.Tensor:
    """Return which part of the gradient each number gets: all of it the largest one; equal ones share it, as in
    amax.
    """
    winning = (arriving == largest).double()
    return winning / winning.sum(dim=0)


def _flat(values: torch.Tensor) -> torch.Tensor:
    return values.detach().reshape(values.shape[0], -1).T
