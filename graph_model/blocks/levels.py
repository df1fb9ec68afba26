"""Where one is inside a drawing: which places have been entered, and under which paths what is there is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph_model.blocks.definition import is_block
from graph_model.blocks.flattening import SEPARATOR, SHARING
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node

BACKWARDS = "←"
"""In the paths of what reads from the last time step back; no node has such an id."""


@dataclass(frozen=True)
class Level:
    """A drawing, or the body of a block at one place. `path`: what the paths of its nodes begin with, `owner`: what the
    names of their weights begin with; both are "" for the drawing, else they end in "/"."""

    graph: Graph
    path: str = ""
    owner: str = ""


def level(root: Graph, places: Sequence[str]) -> Level:
    """Return where one is after entering these places, one inside the other; raises EditError if one is not there."""
    found = Level(root)
    for place in places:
        node = found.graph.node(place)
        if not is_block(node.kind):
            raise EditError(f"'{node.name}' is not a block, so there is nothing inside to open.")
        backward = root.definitions.kind(node.kind).direction(node.parameters) == "backward"
        way = f"{BACKWARDS}{SEPARATOR}" if backward else ""
        found = Level(
            root.definitions.body(node.kind),
            f"{found.path}{node.id}{SEPARATOR}{way}",
            f"{found.owner}{owner_inside(root, node)}",
        )
    return found


def owners_of(root: Graph, definition_id: str | None) -> list[str]:
    """Return what the names of weights begin with in each copy of a block that the drawing has, every set of weights
    once; [""] for the drawing itself."""
    if definition_id is None:
        return [""]
    found: dict[str, None] = {}

    def visit(graph: Graph, owner: str) -> None:
        for place in graph.places():
            values = place.parameters
            count = values["repeat"] if values["repeat_weights"] == "own" else 1
            for number in range(count):
                repetition = f"{number + 1}{SEPARATOR}" if number else ""
                for direction in root.definitions.kind(place.kind).directions(values):
                    way = f"{BACKWARDS}{SEPARATOR}" if direction == "backward" else ""
                    inside = f"{owner}{_owner(place)}{SEPARATOR}{repetition}{way}"
                    if place.kind == definition_id:
                        found[inside] = None
                    visit(root.definitions.body(place.kind), inside)

    visit(root, "")
    return list(found)


def ways_to(root: Graph, path: str) -> list[tuple[Graph, str]]:
    """Return the nodes that a path leads through, the outermost first, each with the graph in which it is drawn.

    Repetitions and directions are passed over: "layer1/2/conv" leads through layer1 to conv.
    """
    graph, found = root, []
    for part in path.split(SEPARATOR):
        if part[:1].isdigit() or part == BACKWARDS:
            continue
        identifier = _sharing_place(graph, part) if SHARING in part else part
        if identifier is None or not graph.has_node(identifier):
            break
        found.append((graph, identifier))
        kind = graph.node(identifier).kind
        if not is_block(kind):
            break
        graph = root.definitions.body(kind)
    return found


def _sharing_place(graph: Graph, owner: str) -> str | None:
    """The first place that keeps its weights under an owner's id."""
    return next((place.id for place in graph.places() if _owner(place) == owner), None)


def owner_inside(root: Graph, place: Node) -> str:
    """Return what the names of the weights in a place begin with, seen from where it stands: "layer1/"; of one that
    reads in both directions those of the forward one."""
    backward = root.definitions.kind(place.kind).direction(place.parameters) == "backward"
    way = f"{BACKWARDS}{SEPARATOR}" if backward else ""
    return f"{_owner(place)}{SEPARATOR}{way}"


def _owner(place: Node) -> str:
    label = str(place.parameters["weights"]).strip()
    return f"{place.kind}{SHARING}{label}" if label else place.id
