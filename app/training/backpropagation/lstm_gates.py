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
PROJECTION = "weight_hr"
"""Makes h smaller than the memory, if there is such a layer; it belongs to no gate."""


@dataclass
class Reading:
    """One layer read in one direction. Lists have one tensor for each time step, in the order of time.

    `inputs`: x, (features,). `before`: h of the step before in this direction, (hidden,). `z`: (4 · hidden,). `h`:
    (hidden,), what it gives. `shown`: what the output gate shows of the memory, (hidden,): h, but where a projection
    makes h of it. `last`: the memory after the last step read.
    """

    inputs: list[torch.Tensor] = field(default_factory=list)
    before: list[torch.Tensor] = field(default_factory=list)
    z: list[torch.Tensor] = field(default_factory=list)
    h: list[torch.Tensor] = field(default_factory=list)
    shown: list[torch.Tensor] = field(default_factory=list)
    last: torch.Tensor = field(default_factory=lambda: torch.zeros(0))


def gate_of(module: nn.LSTM, parameter: str, index: tuple[int, ...]) -> Gate | None:
    """Return which gate a weight belongs to, e.g. "weight_ih_l0" and (row, column); None for the projection's."""
    kind, layer, backwards = _parts(parameter)
    if kind == PROJECTION:
        return None
    number, unit = divmod(index[0], module.hidden_size)
    return Gate(GATES[number], unit, layer, backwards, MULTIPLIED[kind])


def factors_through_time(
    layer: LayerNumbers, module: nn.LSTM, parameter: str, index: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return what a weight multiplies at each time step, and ∂l/∂z of its gate there, (time,) each.

    The gradients are those of a plain unrolled computation in float64, whose upstream is ∂l/∂output, and ∂l/∂ of the
    last state and memory. For a weight of the projection they are what it multiplies, and ∂l/∂h.
    """
    kind, number, backwards = _parts(parameter)
    reading = _wanted(layer, module, number, backwards)
    if kind == PROJECTION:
        delta = numpy.array([_gradient(h)[index[0]] for h in reading.h])
        return numpy.array([one.detach()[index[1]].item() for one in reading.shown]), delta
    delta = numpy.array([_gradient(z)[index[0]] for z in reading.z])
    if MULTIPLIED[kind] == "1":
        return numpy.ones_like(delta), delta
    read = reading.inputs if MULTIPLIED[kind] == "x" else reading.before
    return numpy.array([one[index[1]].item() for one in read]), delta


def _wanted(layer: LayerNumbers, module: nn.LSTM, number: int, backwards: bool) -> Reading:
    """Run the whole LSTM forwards and backwards and return one of its readings."""
    weights = {name: torch.as_tensor(value) for name, value in layer.parameters.items()}
    sequence = list(torch.as_tensor(layer.inputs[layer.ports.index("input")]))
    directions = (False, True) if module.bidirectional else (False,)
    sizes = {"initial state": module.proj_size or module.hidden_size, "initial memory": module.hidden_size}
    h, c = (_start(layer, port, module.num_layers * len(directions), size) for port, size in sizes.items())
    found: dict[tuple[int, bool], Reading] = {}
    with torch.enable_grad():
        for index in range(module.num_layers):
            for reverse in directions:
                suffix = f"_l{index}{REVERSE if reverse else ''}"
                place = len(found)
                found[index, reverse] = _read(sequence, weights, suffix, h[place], c[place])
            given = (found[index, reverse].h for reverse in directions)
            sequence = [torch.cat(both) for both in zip(*given, strict=True)]
        states = [
            torch.cat([reading.h[0 if reverse else -1] for (_, reverse), reading in found.items()]),
            torch.cat([reading.last for reading in found.values()]),
        ]
        upstreams = [torch.as_tensor(upstream) for upstream in (layer.delta, *layer.further_upstreams)]
        torch.autograd.backward([torch.stack(sequence), *states], upstreams)
    return found[number, backwards]


def _start(layer: LayerNumbers, port: str, count: int, size: int) -> torch.Tensor:
    """Return what each layer and direction starts with, (count, size): what is wired to a port, else 0."""
    if port not in layer.ports:
        return torch.zeros(count, size, dtype=torch.float64)
    return torch.as_tensor(layer.inputs[layer.ports.index(port)]).reshape(count, size)


def _read(
    sequence: list[torch.Tensor], weights: Mapping[str, torch.Tensor], suffix: str, h: torch.Tensor, c: torch.Tensor
) -> Reading:
    """Read a sequence from a first h and c on, and from its end if the suffix says so."""
    reading = Reading()
    hidden = len(c)
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
        h = shown = show.sigmoid() * c.tanh()
        if f"{PROJECTION}{suffix}" in weights:
            h = weights[f"{PROJECTION}{suffix}"] @ shown
            h.retain_grad()
        reading.shown.append(shown)
        reading.h.append(h)
    reading.last = c
    if suffix.endswith(REVERSE):
        for one in (reading.inputs, reading.before, reading.z, reading.h, reading.shown):
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
