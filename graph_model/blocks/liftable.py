"""Which parameters of a node the places of a block may set: not those that say which ports it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph_model.graph import Graph
from graph_model.kind import Kind
from graph_model.parameters import Boolean, Choice, Integer, Parameter, Real, Reals, Size
from graph_model.values import Node

FEW = 4
"""So many values of a whole number are tried."""


def decides_ports(graph: Graph, node: Node, name: str) -> bool:
    """Whether another value of a parameter would give a node other ports: wires inside the block could then end
    nowhere at some of its places."""
    kind = graph.kind_named(node.kind)
    if type(kind).declared_for is Kind.declared_for:
        return False
    values = _values(kind.parameters[name])
    if values is None:
        return True
    return len({_ports(kind, {**node.parameters, name: value}) for value in values}) > 1


def _ports(kind: Kind, parameters: dict[str, Any]) -> tuple[int, int]:
    declared = kind.declared_for(parameters)
    return len(declared.inputs), len(declared.outputs)


def _values(parameter: Parameter) -> Iterable[Any] | None:
    """Values to try; None for a parameter of which too many could matter."""
    if isinstance(parameter, Boolean):
        return (False, True)
    if isinstance(parameter, Choice):
        return parameter.choices
    if isinstance(parameter, Integer):
        least = parameter.minimum if parameter.minimum is not None else 0
        return range(least, least + FEW)
    return (parameter.default,) if isinstance(parameter, (Real, Reals, Size)) else None
