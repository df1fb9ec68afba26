"""Blocks that are left out, their repeat being 0: what arrives at an input leaves at the output of its number."""

from __future__ import annotations

from collections.abc import Iterator

from graph_model.blocks.definition import is_block
from graph_model.blocks.edits import InDefinition
from graph_model.blocks.kind import REPEAT, BlockKind, living_lifted
from graph_model.edits import Edit, SetParameters
from graph_model.graph import Graph
from graph_model.problem import Fix, Problem
from graph_model.values import Node


def leaving_out_problems(graph: Graph, place: Node, path: str, names: str) -> Iterator[Problem]:
    """Yield what a place leaves out although it has outputs for which no input could stand in.

    `path`, `names`: what the id and the name of the place begin with.
    """
    for name, value in place.parameters.items():
        if value != 0 or isinstance(value, bool):
            continue
        for kind in _repeated_by(graph, place.kind, name):
            if len(kind.outputs) > len(kind.inputs):
                edit: Edit = SetParameters(place.id, {name: 1})
                if graph.definition_id is not None:
                    edit = InDefinition(graph.definition_id, edit)
                port = kind.outputs[len(kind.inputs)].name
                yield Problem(
                    "error",
                    names + place.name,
                    f"With {name} = 0, '{names}{place.name}' leaves out the block '{kind.name}', but no input could "
                    f"go on in the place of its output '{port}': let {name} be at least 1.",
                    (Fix(f"Set {name} of '{place.name}' to 1", edit),),
                    path + place.id,
                )


def _repeated_by(graph: Graph, block: str, name: str) -> Iterator[BlockKind]:
    """The blocks whose repeat a parameter of a place sets: that of the place itself, or of one inside."""
    if name == REPEAT.name:
        yield graph.definitions.kind(block)
        return
    body = graph.definitions.body(block)
    for entry in living_lifted(graph.definitions.definition(block), body):
        inside = body.node(entry.node)
        if entry.name == name and is_block(inside.kind):
            yield from _repeated_by(graph, inside.kind, entry.parameter)
