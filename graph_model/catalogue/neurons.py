"""The single neuron, the group of neurons of which the largest counts, and the single number of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue.shared_parameters import activation
from graph_model.kind import Kind, Port, TorchCall
from graph_model.parameters import Boolean, Real, Text

BIAS_TIE = "bias_tie"
"""The parameter by which neurons share one bias."""


class Neuron(Kind):
    """One neuron: the weighted sum of its inputs plus a bias, through an activation.

    Takes any numbers of a sample, (batch,) each or a whole vector (batch, n), and gives one number, (batch,). Each
    wire that arrives carries one weight (a wire from a whole vector carries one for each of its elements). Its
    neighbours with the same inputs run together as one layer.
    """

    also_called = ("unit", "perceptron", "node")
    family = "Neurons"
    formula = "a = σ(Σ wᵢ xᵢ + b)"
    source = "Hung-yi Lee, Deep Learning, lecture 1"
    inputs = (Port("input", variadic=True, gathers=False),)
    learnable = True
    gives_scalar = True
    weighs_wires = True
    picks_elements = True
    bias = Real(default=0.0, meaning="The bias b that is added to the weighted sum; training changes it.")
    activation = activation("Sigmoid")
    bias_trainable = Boolean(default=True, meaning="Whether training changes the bias; without it, b stays as it is.")
    bias_tie = Text(default=None, optional=True, meaning="Neurons with the same label here share one bias.")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"b = {parameters['bias']:g}"


class MaxoutGroup(Kind):
    """The largest of all numbers that arrive: neurons without an activation of their own compete.

    Takes the numbers of several neurons, (batch,) each, and gives one, (batch,). Of two neurons, one with weight
    and bias 0, it makes a ReLU; of more, a convex function of as many straight pieces, which training shapes.
    """

    also_called = ("maxout", "max neuron")
    family = "Neurons"
    formula = "a = max(z₁, z₂, …)"
    source = "Goodfellow et al., Maxout Networks (2013); Hung-yi Lee, Tips for Deep Learning"
    inputs = (Port("inputs", variadic=True, gathers=False),)
    gives_scalar = True
    picks_elements = True
    default_name = "maxout"
    torch = TorchCall(function="torch.amax")
