"""An LSTM unrolled in time: at each step, what its gates multiply, and ∂l/∂z of every gate.

z is what a gate's sigmoid (for the cell gate its tanh) takes: z_t = W_ih x_t + b_ih + W_hh h_(t−1) + b_hh, with the
rows of the input, forget, cell and output gate in this order, as in torch.nn.LSTM.
Source: Hochreiter, Schmidhuber, Long Short-Term Memory (1997); Hung-yi Lee, Network Structure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy
import torch
from torch import nn

from app.training.backpropagation.quantities import Array, Gate, LayerNumbers, Multiplied

GATES = ("input", "forget", "cell", "output")
REVERSE = "_reverse"
MULTIPLIED: dict[str, Multiplied] = {"weight_ih": "x", "weight_hh": "h", "bias_ih": "1", "bias_hh": "1"}


@dataclass
class Reading:
    """One layer read in one direction. Lists have one tensor for each time step, in the order of time.

    `inputs`: x, (features,). `before`: h of the step before in this direction, (hidden,). `z`: (4 · hidden,). `h`:
    (hidden,), what it gives.
    """

    inputs: list[torch.Tensor] = field(default_factory=list)
    before: list[torch.Tensor] = field(default_factory=list)
    z: list[torch.Tensor] = field(default_factory=list)
    h: list[torch.Tensor] = field(default_factory=list)


def gate_of(module: nn.LSTM, parameter: str, index: tuple[int, ...]) -> Gate:
    """Return which gate a weight belongs to, e.g. "weight_ih_l0" and (row, column)."""
    kind, layer, backwards = _parts(parameter)
    number, unit = divmod(index[0], module.hidden_size)
    return Gate(GATES[number], unit, layer, backwards, MULTIPLIED[kind])


def factors_through_time(
    layer: LayerNumbers, module: nn.LSTM, parameter: str, index: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return what a weight multiplies at each time step, and ∂l/∂z of its gate there, (time,) each.

    The gradients are those of a plain unrolled computation in float64, whose upstream is ∂l/∂output.
    """
    kind, number, backwards = _parts(parameter)
    reading = _wanted(layer, module, number, backwards)
    delta = numpy.array([_gradient(z)[index[0]] for z in reading.z])
    if MULTIPLIED[kind] == "1":
        return numpy.ones_like(delta), delta
    read = reading.inputs if MULTIPLIED[kind] == "x" else reading.before
    return numpy.array([one[index[1]].item() for one in read]), delta


def _wanted(layer: LayerNumbers, module: nn.LSTM, number: int, backwards: bool) -> Reading:
    """Run the whole LSTM forwards and backwards and return one of its readings."""
    weights = {name: torch.as_tensor(value) for name, value in layer.parameters.items()}
    sequence = list(torch.as_tensor(layer.inputs[0]))
    found: dict[tuple[int, bool], Reading] = {}
    with torch.enable_grad():
        for index in range(module.num_layers):
            directions = (False, True) if module.bidirectional else (False,)
            for reverse in directions:
                suffix = f"_l{index}{REVERSE if reverse else ''}"
                found[index, reverse] = _read(sequence, weights, suffix, module.hidden_size)
            sequence = [torch.cat(h) for h in zip(*(found[index, reverse].h for reverse in directions), strict=True)]
        torch.autograd.backward(torch.stack(sequence), torch.as_tensor(layer.delta))
    return found[number, backwards]


def _read(sequence: list[torch.Tensor], weights: Mapping[str, torch.Tensor], suffix: str, hidden: int) -> Reading:
    """Read a sequence, from its end if the suffix says so."""
    reading = Reading()
    h = c = torch.zeros(hidden, dtype=torch.float64)
    bias = torch.zeros(4 * hidden, dtype=torch.float64)
    if f"bias_ih{suffix}" in weights:
        bias = weights[f"bias_ih{suffix}"] + weights[f"bias_hh{suffix}"]
    for x in reversed(sequence) if suffix.endswith(REVERSE) else sequence:
        z = weights[f"weight_ih{suffix}"] @ x + weights[f"weight_hh{suffix}"] @ h + bias
        if not z.requires_grad:
            z.requires_grad_()
        z.retain_grad()
        reading.inputs.append(x.detach())
        reading.before.append(h.detach())
        reading.z.append(z)
        take, keep, new, show = torch.split(z, hidden)
        c = keep.sigmoid() * c + take.sigmoid() * new.tanh()
        h = show.sigmoid() * c.tanh()
        reading.h.append(h)
    if suffix.endswith(REVERSE):
        for one in (reading.inputs, reading.before, reading.z, reading.h):
            one.reverse()
    return reading


def _gradient(z: torch.Tensor) -> Array:
    """∂l/∂z: 0 where the loss does not depend on it."""
    found: Array = (torch.zeros_like(z) if z.grad is None else z.grad).detach().numpy()
    return found


def _parts(parameter: str) -> tuple[str, int, bool]:
    """Split a parameter's name, e.g. "weight_ih_l1_reverse": its kind, its layer, and whether it reads backwards."""
    backwards = parameter.endswith(REVERSE)
    kind, _, layer = parameter.removesuffix(REVERSE).rpartition("_l")
    return kind, int(layer), backwards
