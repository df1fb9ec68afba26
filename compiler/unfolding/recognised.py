"""What a group of neurons was recognised as, and what of it is trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy

from compiler.unfolding.connections import Connection, Group, SourceKey
from graph_model import CompileError, Node
from graph_model.catalogue.neurons import BIAS_TIE


@dataclass(frozen=True)
class InputBlock:
    """What a layer takes from one source: all of its numbers, laid flat or as the map that it is."""

    source: SourceKey
    shape: tuple[int, ...]


@dataclass
class Recognised:
    """A layer: kind, parameters, the shape of its output without the batch, and what it is fed with.

    `taps`: an array of the weight's shape that holds for each weight the connection whose it is, None where none is.
    `biases`: for each row or filter a neuron whose bias it is.
    """

    kind: str
    parameters: dict[str, Any]
    shape: tuple[int, ...]
    inputs: list[InputBlock]
    taps: numpy.ndarray[Any, Any] | None = None
    biases: list[Node] = field(default_factory=list)


def has_bias(group: Group) -> bool:
    """Whether the neurons have biases of their own: those frozen at 0 have none."""
    return any(
        neuron.parameters["bias_trainable"]
        or neuron.parameters[BIAS_TIE] is not None
        or group.weights.known_bias(neuron) != 0.0
        for neuron in group.neurons
    )


def is_trained(group: Group, rows: Iterable[tuple[Node, Iterable[Connection]]], with_bias: bool) -> bool:
    """Return whether all weights and biases are trained (or none); raises CompileError if only some are."""
    trained: set[bool] = set()
    for neuron, connections in rows:
        trained |= {connection.wire.trainable for connection in connections}
        if with_bias:
            trained.add(neuron.parameters["bias_trainable"])
        if len(trained) > 1:
            raise CompileError(
                f"'{neuron.name}' cannot be folded with the others: some weights and biases are frozen and others are "
                f"trained, and a layer is frozen as a whole. Freeze all of them or none."
            )
    return trained != {False}


def refuse_shared_bias(group: Group, neuron: Node) -> None:
    """Raise CompileError for a bias that neurons share and a layer keeps for each."""
    others = [identifier for identifier in group.bias_sharers(neuron) if identifier != neuron.id]
    if others:
        raise CompileError(
            f"'{neuron.name}' cannot be folded into a Linear: it shares its bias ('{neuron.parameters[BIAS_TIE]}') "
            f"with '{group.graph.node(others[0]).name}'. Untie their biases."
        )
