"""What torch.optim does at a step, done to weights that lie end to end: by its own functions, called once.

The optimizer stays the owner of its options, its learning rate and its state; only its loop over the parameters is
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch.optim.adagrad import adagrad
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from app.training.flat_weights import FlatWeights

Numbers = list[torch.Tensor]
State = Mapping[str, Numbers]
Step = Callable[[Mapping[str, Any], Numbers, Numbers, State], None]


@dataclass(frozen=True)
class _Run:
    """Neighbouring parameters with the same options, as one tensor each; `state`: by torch.optim's names."""

    group: dict[str, Any]
    parameters: range
    numbers: slice
    weights: Numbers
    gradients: Numbers
    state: dict[str, Numbers]


class FlatUpdate:
    """Takes an optimizer's steps. What is in its state are views; whoever empties it begins anew.

    `reached`: the weights that have a gradient, to be known by the first step; None: all. The others stay: they are not
    even decayed, as torch.optim has it.
    """

    def __init__(
        self, optimizer: torch.optim.Optimizer, flat: FlatWeights, reached: Set[torch.Tensor] | None = None
    ) -> None:
        self._optimizer = optimizer
        self._flat = flat
        self._reached = reached
        kind = type(optimizer).__name__
        self._step = _STEPS[kind]
        self._quantities = _quantities(kind, optimizer.param_groups[0])
        self._runs: list[_Run] = []

    def step(self) -> None:
        """Change the weights by their gradients."""
        is_first = not self._runs
        if is_first:
            self._runs = list(_runs(self._optimizer.param_groups, self._flat, self._has_gradient()))
        if self._quantities and (is_first or not self._optimizer.state):
            self._begin()
        for run in self._runs:
            self._step(run.group, run.weights, run.gradients, run.state)

    def _has_gradient(self) -> list[bool]:
        reached = set(self._flat.parameters) if self._reached is None else self._reached
        return [parameter in reached for parameter in self._flat.parameters]

    def _begin(self) -> None:
        """Lay out the state, all 0: so it is at the start of each of these optimizers."""
        whole = {name: torch.zeros_like(self._flat.weights) for name in self._quantities if name != "step"}
        parts = {name: self._flat.parts(numbers) for name, numbers in whole.items()}
        for run in self._runs:
            run.state.update((name, [numbers[run.numbers]]) for name, numbers in whole.items())
            if "step" in self._quantities:
                run.state["step"] = [torch.zeros(())]
            for index in run.parameters:
                self._optimizer.state[self._flat.parameters[index]] = {
                    name: run.state[name][0] if name == "step" else parts[name][index] for name in self._quantities
                }


def _runs(groups: Sequence[dict[str, Any]], flat: FlatWeights, changes_at: Sequence[bool]) -> Iterator[_Run]:
    group_of = {parameter: index for index, group in enumerate(groups) for parameter in group["params"]}
    owners = [
        group_of[parameter] if changes else -1 for parameter, changes in zip(flat.parameters, changes_at, strict=True)
    ]
    changes = [index for index in range(1, len(owners)) if owners[index] != owners[index - 1]]
    ends = [*flat.starts, len(flat.weights)]
    for first, end in pairwise([0, *changes, len(owners)]):
        if owners[first] < 0:
            continue
        where = slice(ends[first], ends[end])
        yield _Run(groups[owners[first]], range(first, end), where, [flat.weights[where]], [flat.gradients[where]], {})


def _quantities(kind: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """What an optimizer remembers, in its own order."""
    momentum = ("momentum_buffer",) if options.get("momentum") else ()
    if kind == "SGD":
        return momentum
    if kind == "RMSprop":
        return ("step", "square_avg", *momentum)
    return ("step", "sum") if kind == "Adagrad" else ("step", "exp_avg", "exp_avg_sq")


def _sgd(group: Mapping[str, Any], weights: Numbers, gradients: Numbers, state: State) -> None:
    sgd(
        weights,
        gradients,
        list(state.get("momentum_buffer", (None,))),
        foreach=False,
        fused=False,
        lr=group["lr"],
        momentum=group["momentum"],
        weight_decay=group["weight_decay"],
        dampening=group["dampening"],
        nesterov=group["nesterov"],
        maximize=group["maximize"],
    )


def _adam(group: Mapping[str, Any], weights: Numbers, gradients: Numbers, state: State) -> None:
    beta1, beta2 = group["betas"]
    adam(
        weights,
        gradients,
        state["exp_avg"],
        state["exp_avg_sq"],
        [],
        state["step"],
        foreach=False,
        fused=True,
        amsgrad=group["amsgrad"],
        beta1=beta1,
        beta2=beta2,
        lr=group["lr"],
        weight_decay=group["weight_decay"],
        eps=group["eps"],
        maximize=group["maximize"],
        decoupled_weight_decay=group["decoupled_weight_decay"],
    )


def _rmsprop(group: Mapping[str, Any], weights: Numbers, gradients: Numbers, state: State) -> None:
    rmsprop(
        weights,
        gradients,
        state["square_avg"],
        [],
        list(state.get("momentum_buffer", ())),
        state["step"],
        foreach=False,
        lr=group["lr"],
        alpha=group["alpha"],
        eps=group["eps"],
        weight_decay=group["weight_decay"],
        momentum=group["momentum"],
        centered=group["centered"],
        maximize=group["maximize"],
    )


def _adagrad(group: Mapping[str, Any], weights: Numbers, gradients: Numbers, state: State) -> None:
    adagrad(
        weights,
        gradients,
        state["sum"],
        state["step"],
        foreach=False,
        fused=True,
        lr=group["lr"],
        weight_decay=group["weight_decay"],
        lr_decay=group["lr_decay"],
        eps=group["eps"],
        maximize=group["maximize"],
    )


_STEPS: dict[str, Step] = {"SGD": _sgd, "Adam": _adam, "AdamW": _adam, "RMSprop": _rmsprop, "Adagrad": _adagrad}

__all__ = ["FlatUpdate"]
