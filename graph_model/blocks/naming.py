"""Names of blocks: of a place, and of what is placed."""

from __future__ import annotations

from dataclasses import replace

from graph_model.blocks.edits import SetDefinition
from graph_model.edits import Edit, Rename, Sequence
from graph_model.graph import Graph
from graph_model.values import Node, clean_name, free_name


def renaming(graph: Graph, node: Node | str, name: str) -> Edit:
    """Return the edit that gives a node another name. A block that is placed only there and is called as its place is
    called so too from then on. Raises EditError for a name that cannot be."""
    present = graph.node(node)
    rename = Rename(present.id, name)
    definitions = graph.definitions
    if present.kind not in definitions or len(definitions.places(present.kind)) != 1:
        return rename
    definition = definitions.definition(present.kind)
    if definition.name != present.name:
        return rename
    others = {other.name for other in definitions if other.id != definition.id}
    return Sequence((rename, SetDefinition(replace(definition, name=free_name(clean_name(name), others)))))


def unused_definitions(graph: Graph) -> list[str]:
    """Return the ids of the definitions that the drawing does not hold at any depth; each before those in it."""
    definitions = graph.definitions
    used = {kind for place in definitions.root.places() for kind in definitions.uses(place.kind)}
    unused = [definition.id for definition in definitions if definition.id not in used]
    return sorted(unused, key=lambda identifier: -len(definitions.uses(identifier)))
