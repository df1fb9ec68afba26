"""Checks of a drawing's structure: is there a way from data to answer, and is every port fed?"""

from __future__ import annotations

from collections.abc import Iterable

from graph_model.blocks.counting import MOST_PLACED, placed_nodes
from graph_model.blocks.definition import is_block
from graph_model.blocks.edits import InDefinition
from graph_model.blocks.leaving_out import leaving_out_problems
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddNodes, Edit, RemoveNodes
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.missing_wires import MissingWires
from graph_model.problem import Fix, Problem
from graph_model.ties import tied_bias_problems
from graph_model.values import Node


def structural_problems(graph: Graph) -> list[Problem]:
    """Return what keeps a drawing from running whatever the shapes are, in the order of the nodes."""
    nodes = graph.nodes()
    if not nodes:
        return [Problem("error", None, "The drawing is empty: place an Input to begin.")]
    count = placed_nodes(graph)
    if count > MOST_PLACED:
        words = f"With all its blocks the drawing has {count:,} nodes; at most {MOST_PLACED:,} can run."
        return [Problem("error", None, f"{words} Repeat its blocks less often.")]
    problems: list[Problem] = []
    if not any(graph.kind_of(node).brings_data for node in nodes):
        problems.append(Problem("error", None, "There is no Input: nothing brings data into the network."))
    outputs = [node for node in nodes if node.kind == "Output"]
    if not outputs:
        problems.append(_missing_output(graph, nodes))
    useful, missing = _upstream(graph, outputs), MissingWires(graph)
    for node in nodes:
        problems.extend(_problems_of(missing, node, bool(outputs), useful))
    return [*problems, *tied_bias_problems(graph), *_problems_inside(graph)]


def _problems_inside(graph: Graph) -> Iterable[Problem]:
    """The problems of the blocks that are placed, each once, at the first place that is met."""
    seen: set[str] = set()

    def visit(one: Graph, path: str, names: str) -> Iterable[Problem]:
        for place in one.places():
            if place.kind in seen:
                continue
            seen.add(place.kind)
            body = graph.definitions.body(place.kind)
            inside = f"{path}{place.id}/", f"{names}{place.name}/"
            ends = [node for node in body.nodes() if node.kind == BLOCK_OUTPUT]
            if not ends:
                yield Problem(
                    "error",
                    f"{names}{place.name}",
                    f"The block '{body.kind_named(place.kind).name}' has no BlockOutput.",
                    (),
                    f"{path}{place.id}",
                )
            useful, missing = _upstream(body, ends), MissingWires(body)
            for node in body.nodes():
                yield from _problems_of(missing, node, bool(ends), useful, *inside)
            yield from visit(body, *inside)

    yield from visit(graph, "", "")


def _problems_of(
    missing: MissingWires, node: Node, has_output: bool, useful: set[str], path: str = "", names: str = ""
) -> Iterable[Problem]:
    """The problems of a node. `path`, `names`: what its id and its name begin with, if it stands in a block."""
    graph = missing.graph
    kind = graph.kind_of(node)
    removal: Edit = RemoveNodes((node.id,))
    if graph.definition_id is not None:
        removal = InDefinition(graph.definition_id, removal)
    name = names + node.name
    for number, port in enumerate(kind.inputs):
        if port.optional or graph.incoming(node, number):
            continue
        which = f" at its port '{port.name}'" if len(kind.inputs) > 1 else ""
        yield Problem(
            "error",
            name,
            f"{kind.name} '{name}' has nothing wired to it{which}.",
            (*missing.fixes(node, number), Fix(f"Remove '{name}'", removal)),
            path + node.id,
        )
    if is_block(node.kind):
        yield from leaving_out_problems(graph, node, path, names)
    end = "Output" if graph.definition_id is None else BLOCK_OUTPUT
    if has_output and node.id not in useful and kind.outputs and node.kind != BLOCK_INPUT:
        yield Problem(
            "warning",
            name,
            f"No way leads from {kind.name} '{name}' to an {end}, so it does not influence the answer.",
            (Fix(f"Remove '{name}'", removal),),
            path + node.id,
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
