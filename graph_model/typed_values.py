"""Weights and biases that a person types: they take effect also where training has put other values meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph_model.catalogue.neurons import BIAS_TIE
from graph_model.document import Drawn, WithWeights
from graph_model.edits import Edit, Sequence, SetParameters, SetWire
from graph_model.network import Network
from graph_model.values import Node, Wire

SHARED = ("bias", "bias_trainable")
"""What neurons with the same bias tie have in common."""


def current_weight(drawn: Drawn, wire: Wire) -> Any:
    """The weight on a wire as it is now: a number, an array of one for each element, or None before a random start.

    Trained weights come before those that the drawing starts with.
    """
    trained = drawn.weights.get(f"{wire.id}.weight")
    if trained is None:
        return wire.weight
    return float(trained) if getattr(trained, "ndim", 0) == 0 else trained


def current_bias(drawn: Drawn, node: Node) -> float | None:
    """A neuron's bias as it is now; None for a node that has none of its own."""
    if "bias_trainable" not in node.parameters:
        return None
    trained = drawn.weights.get(f"{node.id}.bias")
    return float(node.parameters["bias"] if trained is None else trained)


def set_weight(graph: Network, wire_ids: Iterable[str], weight: float | tuple[float, ...] | None) -> WithWeights:
    """The edit that gives wires, and those that are tied to them, a weight in the place of a trained one."""
    chosen = list(dict.fromkeys(wire_ids))
    names = {f"{identifier}.weight": None for identifier in sorted(graph.with_tied(chosen))}
    return WithWeights(_joined(SetWire(identifier, weight=weight) for identifier in chosen), names)


def tie_wires(drawn: Drawn, wire_ids: Iterable[str], tie: str | None) -> WithWeights:
    """The edit by which wires share one weight under a label; they take the weight of those that bear it already, or of
    the first. None: each has its own again, which begins as the shared one was."""
    graph, chosen = drawn.graph, list(dict.fromkeys(wire_ids))
    if tie is None:
        return WithWeights(_joined(SetWire(identifier, tie=None) for identifier in chosen), {})
    bearing = [wire for wire in graph.tied(tie) if wire.id not in chosen]
    model = bearing[0] if bearing else graph.wire(chosen[0])
    trained = drawn.weights.get(f"{model.id}.weight")
    edits = [SetWire(identifier, tie=None, weight=model.weight, trainable=model.trainable) for identifier in chosen] + [
        SetWire(identifier, tie=tie) for identifier in chosen
    ]
    return WithWeights(_joined(edits), {f"{identifier}.weight": trained for identifier in chosen})


def set_parameters(drawn: Drawn, node_ids: Iterable[str], values: Mapping[str, Any]) -> Edit | WithWeights:
    """The edit that gives nodes these parameters; a neuron's bias takes the place of a trained one.

    What is set for a neuron with a bias tie is set for all that share its bias; a neuron that becomes tied to others
    takes their bias.
    """
    graph, chosen = drawn.graph, list(dict.fromkeys(node_ids))
    edits: list[Edit] = []
    trained: dict[str, Any] = {}
    for identifier in chosen:
        node, given = graph.node(identifier), dict(values)
        sharing = _sharing(graph, node, given.get(BIAS_TIE, node.parameters.get(BIAS_TIE)), chosen)
        if sharing and given.get(BIAS_TIE):
            given = {**{name: sharing[0].parameters[name] for name in SHARED}, **given}
            trained[f"{identifier}.bias"] = drawn.weights.get(f"{sharing[0].id}.bias")
        edits.append(SetParameters(identifier, given))
        shared = {name: given[name] for name in SHARED if name in given}
        edits += [SetParameters(other.id, shared) for other in sharing if shared]
        if "bias" in values and BIAS_TIE in node.parameters:
            trained |= dict.fromkeys(f"{other.id}.bias" for other in (node, *sharing))
    return WithWeights(_joined(edits), trained) if trained else _joined(edits)


def _sharing(graph: Network, node: Node, tie: Any, besides: Iterable[str]) -> list[Node]:
    """The other neurons that share a bias under a label."""
    if not isinstance(tie, str) or BIAS_TIE not in node.parameters:
        return []
    left_out = {node.id, *besides}
    return [other for other in graph.nodes() if other.parameters.get(BIAS_TIE) == tie and other.id not in left_out]


def _joined(edits: Iterable[Edit]) -> Edit:
    several = tuple(edits)
    return several[0] if len(several) == 1 else Sequence(several)
