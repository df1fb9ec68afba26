"""Whether nodes are a group that could be one layer at all, whatever they see."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.unfolding.connections import NEURON_KINDS
from compiler.unfolding.unfoldable import LEARNED_ACTIVATION
from graph_model import CompileError, Graph, Node


def foldable_nodes(graph: Graph, node_ids: Sequence[str]) -> list[Node]:
    """Return the nodes in the order of adding; raises CompileError if they cannot be one layer."""
    nodes = sorted((graph.node(identifier) for identifier in dict.fromkeys(node_ids)), key=lambda node: node.order)
    if not nodes:
        raise CompileError("Nothing is chosen that could be folded: choose the neurons that form a layer.")
    for node in nodes:
        if node.kind not in NEURON_KINDS:
            raise CompileError(
                f"{node.kind} '{node.name}' is no neuron: only neurons and maxout groups fold into a layer. Choose "
                f"them alone."
            )
        if not graph.incoming(node):
            raise CompileError(f"'{node.name}' has nothing wired to it: wire it as the others are, or leave it out.")
    first = nodes[0]
    for node in nodes:
        if node.kind != first.kind:
            raise CompileError(
                f"'{node.name}' is a {node.kind} and '{first.name}' a {first.kind}: a layer is made of one kind. "
                f"Choose those of one kind."
            )
        activation, common = node.parameters.get("activation"), first.parameters.get("activation")
        if activation != common:
            raise CompileError(
                f"'{node.name}' has the activation {activation} and '{first.name}' {common}: a layer has one. Give "
                f"them the same, or choose those with one activation."
            )
    if first.parameters.get("activation") == LEARNED_ACTIVATION:
        raise CompileError(
            f"'{first.name}' cannot be folded: with {LEARNED_ACTIVATION} each neuron learns a slope of its own, and a "
            f"layer learns one. Give the neurons another activation."
        )
    _refuse_feeding(graph, nodes)
    return nodes


def _refuse_feeding(graph: Graph, nodes: list[Node]) -> None:
    """The neurons of a layer do not see each other's outputs."""
    chosen = {node.id for node in nodes}
    reached: dict[str, str] = {}
    waiting = [(target, node.id) for node in nodes for target in graph.network.successors(node.id)]
    while waiting:
        identifier, origin = waiting.pop()
        if identifier in chosen:
            raise CompileError(
                f"'{graph.node(origin).name}' feeds '{graph.node(identifier).name}', so they are of different layers. "
                f"Choose neurons that do not feed one another."
            )
        if identifier not in reached:
            reached[identifier] = origin
            waiting += [(target, origin) for target in graph.network.successors(identifier)]
