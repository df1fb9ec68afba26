"""Checks of a drawing's structure: is there a way from data to answer, and is every port fed?"""

from __future__ import annotations

from collections.abc import Iterable

from graph_model.edits import AddNodes, RemoveNodes
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.problem import Fix, Problem
from graph_model.ties import tied_bias_problems
from graph_model.values import Node


def structural_problems(graph: Graph) -> list[Problem]:
    """Return what keeps a drawing from running whatever the shapes are, in the order of the nodes."""
    nodes = graph.nodes()
    if not nodes:
        return [Problem("error", None, "The drawing is empty: place an Input to begin.")]
    problems: list[Problem] = []
    if not any(graph.kind_of(node).brings_data for node in nodes):
        problems.append(Problem("error", None, "There is no Input: nothing brings data into the network."))
    outputs = [node for node in nodes if node.kind == "Output"]
    if not outputs:
        problems.append(_missing_output(graph, nodes))
    useful = _upstream(graph, outputs)
    for node in nodes:
        problems.extend(_problems_of(graph, node, bool(outputs), useful))
    return [*problems, *tied_bias_problems(graph)]


def _problems_of(graph: Graph, node: Node, has_output: bool, useful: set[str]) -> Iterable[Problem]:
    kind = graph.kind_of(node)
    for number, port in enumerate(kind.inputs):
        if port.optional or graph.incoming(node, number):
            continue
        which = f" at its port '{port.name}'" if len(kind.inputs) > 1 else ""
        yield Problem(
            "error",
            node.name,
            f"{node.kind} '{node.name}' has nothing wired to it{which}.",
            (Fix(f"Remove '{node.name}'", RemoveNodes((node.id,))),),
            node.id,
        )
    if has_output and node.id not in useful and kind.outputs:
        yield Problem(
            "warning",
            node.name,
            f"No way leads from {node.kind} '{node.name}' to an Output, so it does not influence the answer.",
            (Fix(f"Remove '{node.name}'", RemoveNodes((node.id,))),),
            node.id,
        )


def _missing_output(graph: Graph, nodes: list[Node]) -> Problem:
    message = "There is no Output: nothing says which values are the network's answer."
    ends = [node for node in nodes if graph.kind_of(node).outputs and not graph.outgoing(node)]
    if len(ends) != 1:
        return Problem("error", None, message)
    end = ends[0]
    output = graph.new_node("Output", position=(end.position[0] + COLUMN_DISTANCE, end.position[1]))
    wire = graph.new_wire(end, output)
    return Problem("error", None, message, (Fix(f"Add an Output after '{end.name}'", AddNodes((output,), (wire,))),))


def _upstream(graph: Graph, outputs: list[Node]) -> set[str]:
    """Return the ids of all nodes from which a way leads to an output."""
    reached = {node.id for node in outputs}
    waiting = list(reached)
    while waiting:
        for source in graph.network.predecessors(waiting.pop()):
            if source not in reached:
                reached.add(source)
                waiting.append(source)
    return reached
