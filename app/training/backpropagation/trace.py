"""One example goes forwards and backwards through a drawing, and every number on the way is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.training.backpropagation.quantities import (
    Array,
    LayerNumbers,
    NeuronNumbers,
    Stage,
    WeightNumbers,
    WireNumbers,
)
from graph_model import Document

Inputs = Array | Sequence[Any]
"""One sample's array; for a network with several inputs, one array for each, in the order of the module's inputs."""


class Trace:
    """The numbers of one example. `output`: the network's answer, (n,). `target`: the number of the right class."""

    loss: float
    output: Array
    target: int
    stages: tuple[Stage, ...]

    def neuron(self, node_id: str) -> NeuronNumbers:
        """Return the numbers of a neuron, a maxout group or a scalar input."""
        raise NotImplementedError

    def wire(self, wire_id: str) -> WireNumbers:
        """Return the numbers of a wire."""
        raise NotImplementedError

    def layer(self, node_id: str) -> LayerNumbers:
        """Return the numbers of a layer, an Input or an Output."""
        raise NotImplementedError

    def weight(self, node_id: str, parameter: str, index: Sequence[int] | int) -> WeightNumbers:
        """Return one weight of a layer, spelled out: input × δ for each place where it is used."""
        raise NotImplementedError

    def gradients(self) -> dict[str, Array]:
        """Return ∂l/∂w for every weight by its name in Document.weights; for shared ones the sum, under each name."""
        raise NotImplementedError


def trace_example(
    document: Document,
    inputs: Inputs,
    target: int,
    loss: str | None = None,
    weights: Mapping[str, Any] | None = None,
) -> Trace:
    """Return every number that backpropagation computes for one example, in float64.

    Dropout is off and batch normalisation uses its running statistics. `loss`: a name of app.training.losses, by
    default the document's. `weights`: name -> array, in the place of those of the document. The start is
    compile_graph's, so weights that were never trained are the same as in training (rounded to float32, as there).
    Raises CompileError if the drawing cannot run, TrainingError if the example does not fit it.
    """
    raise NotImplementedError
