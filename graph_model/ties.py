"""Labels by which weights on wires, and biases of neurons, are shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue.neurons import BIAS_TIE
from graph_model.edits import SetParameters
from graph_model.graph import Graph
from graph_model.problem import Fix, Problem
from graph_model.values import Node, free_name

SHARED = ("bias", "bias_trainable")
"""What neurons whose biases are tied have in common."""


class FreshTies:
    """Labels of ties in a copy: copies share weights among each other, not with what they were copied from."""

    def __init__(self, graph: Graph) -> None:
        self._taken = {"wires": set(graph.ties()), "biases": bias_ties(graph)}
        self._fresh: dict[tuple[str, str], str] = {}

    def fresh_wire_tie(self, tie: str | None) -> str | None:
        """Return what a wire's tie is called in the copy."""
        return None if tie is None else self._named("wires", tie)

    def fresh_parameters(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return a node's parameters with the name that its bias's tie has in the copy."""
        tie = parameters.get(BIAS_TIE)
        return {**parameters, BIAS_TIE: self._named("biases", tie)} if isinstance(tie, str) else dict(parameters)

    def next_copy(self) -> None:
        """What follows is a copy of its own, which shares nothing with the one before."""
        self._fresh = {}

    def _named(self, what: str, tie: str) -> str:
        if (what, tie) not in self._fresh:
            name = self._fresh[what, tie] = free_name(tie, self._taken[what])
            self._taken[what].add(name)
        return self._fresh[what, tie]


def bias_ties(graph: Graph) -> set[str]:
    """Return the labels by which biases of neurons are tied."""
    return {tie for node in graph.nodes() if (tie := node.parameters.get(BIAS_TIE)) is not None}


def tied_bias_problems(graph: Graph) -> list[Problem]:
    """Return a problem for each neuron whose bias is tied to one that starts with another value.

    Wires that are tied cannot differ, for every edit sees to it; biases are parameters of their nodes, which can.
    """
    first: dict[str, Node] = {}
    problems = []
    for node in graph.nodes():
        tie = node.parameters.get(BIAS_TIE)
        if tie is None:
            continue
        other = first.setdefault(tie, node)
        shared = {name: other.parameters[name] for name in SHARED if other.parameters[name] != node.parameters[name]}
        if shared:
            words = " and ".join(f"{name} = {node.parameters[name]}, not {value}" for name, value in shared.items())
            problems.append(
                Problem(
                    "error",
                    node.name,
                    f"The bias of '{node.name}' is tied as '{tie}' to that of '{other.name}', so they must agree, but "
                    f"'{node.name}' has {words}.",
                    (
                        Fix(f"Take over that of '{other.name}'", SetParameters(node.id, shared)),
                        Fix("Untie it", SetParameters(node.id, {BIAS_TIE: None})),
                    ),
                    node.id,
                )
            )
    return problems
