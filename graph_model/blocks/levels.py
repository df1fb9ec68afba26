"""Where one is inside a drawing: which places have been entered, and under which paths what is there is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_model.blocks.definition import is_block
from graph_model.blocks.flattening import SEPARATOR, SHARING
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node

NOTHING: Mapping[str, str] = {}
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
            f"{found.owner}{owner_of(node)}{SEPARATOR}{way}",
        )
    return found


@dataclass(frozen=True)
class Copy:
    """One copy of a block's body. `path`: what the names of the weights of its neurons and wires begin with, `owner`:
    what those of its layers begin with, which several copies may share."""

    path: str = ""
    owner: str = ""

    def start_of(self, body: Graph, identifier: str, added: Mapping[str, str] = NOTHING) -> str:
        """What the names of the weights of a node or a wire of the body begin with. `added`: id -> kind of nodes that
        are about to be added; what is neither a node there nor one of them is taken as a wire."""
        kind = added.get(identifier) or (body.node(identifier).kind if body.has_node(identifier) else None)
        by_owner = kind is not None and (is_block(kind) or not body.kind_named(kind).weighs_wires)
        return self.owner if by_owner else self.path


def copies_of(root: Graph, definition_id: str | None) -> list[Copy]:
    """Return the copies of a block that the drawing has; one for the drawing itself."""
    if definition_id is None:
        return [Copy()]
    found: dict[Copy, None] = {}

    def visit(graph: Graph, outer: Copy) -> None:
        for place in graph.places():
            for number in range(place.parameters["repeat"]):
                for inner in _inside(root, place, outer, number):
                    if place.kind == definition_id:
                        found[inner] = None
                    visit(root.definitions.body(place.kind), inner)

    visit(root, Copy())
    return list(found)


def copy_inside(root: Graph, place: Node) -> Copy:
    """Return the first copy that a place stands for, seen from where it stands."""
    return next(_inside(root, place, Copy(), 0))


def _inside(root: Graph, place: Node, outer: Copy, number: int) -> Iterator[Copy]:
    """A repetition of a place; one for each direction in which it reads."""
    repetition = f"{number + 1}{SEPARATOR}" if number else ""
    own = repetition if place.parameters["repeat_weights"] == "own" else ""
    kind = root.definitions.kind(place.kind)
    for direction in kind.directions(place.parameters):
        way = f"{BACKWARDS}{SEPARATOR}" if direction == "backward" else ""
        owner = f"{outer.owner}{owner_of(place)}{SEPARATOR}{own}{way}"
        yield Copy(f"{outer.path}{place.id}{SEPARATOR}{repetition}" if direction == "no" else owner, owner)


def owners_of(root: Graph, definition_id: str | None) -> list[str]:
    """Return what the names of weights of layers begin with in the copies of a block, every set of weights once."""
    return list(dict.fromkeys(copy.owner for copy in copies_of(root, definition_id)))


def starts_of(root: Graph, definition_id: str | None) -> list[str]:
    """Return what the names of any weights begin with in the copies of a block."""
    return list(dict.fromkeys(start for copy in copies_of(root, definition_id) for start in (copy.owner, copy.path)))


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
    return next((place.id for place in graph.places() if owner_of(place) == owner), None)


def owner_of(place: Node) -> str:
    """Return under which id, in the graph in which it stands, a place keeps its weights: its own, or a shared one."""
    label = str(place.parameters["weights"]).strip()
    return f"{place.kind}{SHARING}{label}" if label else place.id
