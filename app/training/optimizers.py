"""Optimizers: how the gradient changes the weights. Names and options are torch.optim's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graph_model import EditError, TrainingError
from graph_model.parameters import Boolean, Parameter, Real, Reals, complete_values

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True)
class OptimizerKind:
    """An optimizer that can be chosen. `learning_rate`: its usual one."""

    name: str
    meaning: str
    learning_rate: float
    options: Mapping[str, Parameter] = field(default_factory=dict)
    has_fused: bool = True


def _share(name: str, default: float, meaning: str) -> Real:
    return Real(name=name, default=default, minimum=0.0, maximum=0.999999, meaning=meaning)


_WEIGHT_DECAY = Real(
    name="weight_decay",
    default=0.0,
    minimum=0.0,
    maximum=100.0,
    meaning="λ of L2 regularization: every step makes each weight a little smaller.",
)
_MOMENTUM = _share("momentum", 0.0, "How much of the last step is carried into the next, as by a rolling ball.")
_EPS = Real(name="eps", default=1e-8, minimum=0.0, maximum=1.0, meaning="Keeps a division from being one by 0.")
_BETAS = Reals(
    name="betas",
    default=[0.9, 0.999],
    minimum=0.0,
    maximum=0.999999,
    meaning="β₁ and β₂: how long the means of the gradients and of their squares remember.",
)


def _options(*parameters: Parameter) -> dict[str, Parameter]:
    return {parameter.name: parameter for parameter in parameters}


_KINDS = {
    kind.name: kind
    for kind in (
        OptimizerKind(
            "SGD",
            "Gradient descent on minibatches: w ← w − η ∂L/∂w.",
            0.1,
            _options(
                _MOMENTUM,
                _WEIGHT_DECAY,
                Boolean(name="nesterov", default=False, meaning="Look ahead along the momentum first."),
            ),
        ),
        OptimizerKind(
            "Adam",
            "RMSprop and momentum together, with bias correction.",
            0.001,
            _options(_BETAS, _EPS, _WEIGHT_DECAY),
        ),
        OptimizerKind(
            "AdamW",
            "Adam whose weight decay does not pass through the adaptive rate.",
            0.001,
            _options(_BETAS, _EPS, replace(_WEIGHT_DECAY, default=0.01)),
        ),
        OptimizerKind(
            "RMSprop",
            "Divides each gradient by the root of its running mean square.",
            0.001,
            _options(_share("alpha", 0.99, "α: how long the mean square remembers."), _EPS, _MOMENTUM, _WEIGHT_DECAY),
            has_fused=False,
        ),
        OptimizerKind(
            "Adagrad",
            "Divides each gradient by the root of the sum of all its squares so far.",
            0.01,
            _options(
                Real(name="lr_decay", default=0.0, minimum=0.0, maximum=1.0, meaning="How the rate falls with time."),
                replace(_EPS, default=1e-10),
                _WEIGHT_DECAY,
            ),
        ),
    )
}


def optimizers() -> dict[str, OptimizerKind]:
    """Return name -> optimizer."""
    return dict(_KINDS)


def optimizer_kind(name: str) -> OptimizerKind:
    """Return one optimizer's description; raises TrainingError for an unknown name."""
    if name not in _KINDS:
        raise TrainingError(f"There is no optimizer '{name}'. There are {', '.join(_KINDS)}.")
    return _KINDS[name]


def option_values(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every option of an optimizer; raises TrainingError for one that it does not have."""
    kind = optimizer_kind(name)
    try:
        return complete_values(dict(kind.options), dict(given), f"The optimizer {name}")
    except EditError as error:
        raise TrainingError(str(error)) from error


def make_optimizer(
    name: str,
    parameters: Iterable[tuple[str, nn.Parameter]],
    learning_rate: float,
    options: Mapping[str, Any],
) -> torch.optim.Optimizer:
    """Make the torch.optim optimizer, fused where torch offers it. Raises TrainingError.

    `parameters`: as from module.named_parameters(); frozen ones are left alone. Biases are not decayed
    (Tips for Deep Learning).
    """
    import torch

    from compiler.weights import is_bias

    kind = optimizer_kind(name)
    arguments = option_values(name, options)
    if "betas" in arguments:
        arguments["betas"] = tuple(arguments["betas"])
    if arguments.get("nesterov") and not arguments.get("momentum"):
        raise TrainingError("nesterov looks ahead along the momentum, so it needs a momentum above 0.")
    decay = arguments.pop("weight_decay")
    named = [(name, parameter) for name, parameter in parameters if parameter.requires_grad]
    every = [parameter for _, parameter in named]
    biases = [parameter for name, parameter in named if is_bias(name.partition(".")[2])]
    weights = [parameter for name, parameter in named if not is_bias(name.partition(".")[2])]
    groups: Any = [{"params": every, "weight_decay": 0.0}]
    if decay:
        groups = [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0.0}]
    if kind.has_fused and every and all(one.device.type in ("cpu", "cuda") for one in every):
        arguments["fused"] = True
    return getattr(torch.optim, name)(groups, lr=learning_rate, **arguments)  # type: ignore[no-any-return]
