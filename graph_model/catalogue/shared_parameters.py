"""Parameters that several kinds declare alike."""

from __future__ import annotations

from graph_model.catalogue import activation as curved
from graph_model.catalogue import piecewise_activation as piecewise
from graph_model.parameters import Boolean, Choice, Real

ELEMENTWISE_ACTIVATIONS = (
    "Identity",
    *(
        name
        for module in (curved, piecewise)
        for name, value in vars(module).items()
        if getattr(value, "elementwise", False) and value is not curved.Activation
    ),
)
"""Every activation of the catalogue that is applied to each number by itself."""

WEIGHT_INITIALISATIONS = (
    "default",
    "xavier_uniform",
    "xavier_normal",
    "kaiming_uniform",
    "kaiming_normal",
    "normal",
    "constant",
    "zeros",
)


def activation(default: str = "Identity", *, softmax: bool = False) -> Choice:
    """The activation that a layer applies to its result."""
    choices = (*ELEMENTWISE_ACTIVATIONS, "Softmax") if softmax else ELEMENTWISE_ACTIVATIONS
    return Choice(
        default=default,
        choices=choices,
        meaning="The function applied to the result: a = σ(z). Identity leaves it as it is.",
    )


def trainable() -> Boolean:
    """Whether training changes a layer."""
    return Boolean(default=True, meaning="Whether training changes the weights and the bias; without it they stay.")


def weight_initialisation() -> Choice:
    """How the weights start, by torch.nn.init's names."""
    return Choice(
        default="default",
        choices=WEIGHT_INITIALISATIONS,
        meaning="How the weights start. default: PyTorch's own. xavier (Glorot): for sigmoid and tanh. "
        "kaiming (He): for ReLU. normal, constant, zeros: as they say.",
    )


def weight_standard_deviation() -> Real:
    """The σ of normally distributed initial weights."""
    return Real(
        default=0.01,
        minimum=0.0,
        meaning="Standard deviation σ of the initial weights.",
        relevant_if=("weight_init", ("normal",)),
    )


def weight_value() -> Real:
    """The value of constant initial weights."""
    return Real(
        default=0.0,
        meaning="The value that every weight starts with.",
        relevant_if=("weight_init", ("constant",)),
    )
