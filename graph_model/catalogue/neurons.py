"""The single neuron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue.shared_parameters import activation
from graph_model.kind import Kind, Port
from graph_model.parameters import Real


class Neuron(Kind):
    """One neuron: the weighted sum of its inputs plus a bias, through an activation.

    Each wire that arrives carries one weight (a wire from a whole vector carries one for each of its
    elements). Its output is a single number for each sample.
    """

    family = "Neurons"
    formula = "a = σ(Σ wᵢ xᵢ + b)"
    source = "Hung-yi Lee, Deep Learning, lecture 1"
    inputs = (Port("input", variadic=True, gathers=False),)
    learnable = True
    gives_scalar = True
    weighs_wires = True
    bias = Real(default=0.0, meaning="The bias b that is added to the weighted sum; training changes it.")
    activation = activation("Sigmoid")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"b = {parameters['bias']:g}"
