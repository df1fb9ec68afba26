"""Unfolding and folding inside a block: in its body, and so at all its places, each with the weights that it has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy

from compiler.build import compile_program
from compiler.over_time import all_programs
from compiler.program import Program, Step, lower
from compiler.shapes import Shape, shape_text
from compiler.unfolding.body_drawing import body_drawing
from compiler.unfolding.layer_to_neurons import unfold
from compiler.unfolding.neurons_to_layer import fold
from compiler.weights import collect_weights
from graph_model import CompileError, Document, Graph, Node, Wire
from graph_model.blocks import InDefinition
from graph_model.blocks.levels import Copy, copies_of
from graph_model.document import WithWeights
from graph_model.edits import AddNodes, Edit
from graph_model.edits import Sequence as Steps

Weights = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """A block as it is at one place. `place`: its node; `copy`: what the names of its weights begin with; `shapes`: id
    of an input port inside -> (batch, …) that arrives there."""

    place: Node
    copy: Copy
    shapes: Mapping[str, Shape]


@dataclass(frozen=True)
class ChangedInside:
    """An edit of the document, and the ids in the body of what came."""

    edit: WithWeights
    node_ids: tuple[str, ...]


def unfold_inside(document: Document, opened: Opened, node_id: str) -> ChangedInside:
    """Return the edit that puts neurons in the place of a layer inside a block, with equal outputs at all places.

    Raises CompileError if the layer cannot be unfolded, or not in the same way at all places.
    """
    inside = _Inside(document, opened, (node_id,))
    first, *others = inside.at_each(lambda drawn: unfold(drawn, node_id))
    weights: Weights = {}
    for copy, unfolded in ((inside.copies[0], first), *others):
        weights |= {copy.path + name: value for name, value in _started(unfolded.edit).items()}
    edit = inside.brought_back(first.edit)
    return ChangedInside(inside.edit(edit, weights if others else {}), first.node_ids)


def fold_inside(document: Document, opened: Opened, node_ids: Sequence[str]) -> ChangedInside:
    """Return the edit that puts a layer in the place of neurons inside a block, with equal outputs at all places.

    Raises CompileError if they form no layer, or not the same at all places.
    """
    inside = _Inside(document, opened, node_ids)
    inside.refuse_lone_numbers()
    first, *others = inside.at_each(lambda drawn: fold(drawn, node_ids))
    layer = _layer(first.edit)
    weights: Weights = {}
    for copy, folded in ((inside.copies[0], first), *others):
        if _layer(folded.edit) != layer:
            raise CompileError(
                f"These neurons cannot be folded: at '{opened.copy.path[:-1]}' they are another layer than at "
                f"'{copy.path[:-1]}'. Make one of these places a block of its own first."
            )
        weights |= {copy.owner + name: value for name, value in folded.weights.items()}
    return ChangedInside(inside.edit(inside.brought_back(first.edit), weights), (first.node_id,))


class _Inside:
    """A body at all its places. `copies`: the open one first."""

    def __init__(self, document: Document, opened: Opened, node_ids: Collection[str]) -> None:
        self.document, self.opened = document, opened
        self.body: Graph = document.graph.definitions.body(opened.place.kind)
        self.node_ids = list(node_ids)
        everywhere = copies_of(document.graph, opened.place.kind)
        self.copies = sorted(everywhere, key=lambda copy: copy != opened.copy)
        if not self.copies:
            raise CompileError("This block is placed nowhere in the drawing, so that its shapes are not known.")
        self._refuse_what_places_set()
        program = lower(document.graph)
        self._refuse_other_shapes(program)
        self._weights = self._current(program)

    def _refuse_what_places_set(self) -> None:
        definition = self.document.graph.definitions.definition(self.opened.place.kind)
        for entry in definition.lifted:
            if entry.node in self.node_ids:
                name = self.body.node(entry.node).name
                raise CompileError(
                    f"'{name}' cannot change its kind while places of the block '{definition.name}' set its "
                    f"{entry.parameter}: remove '{entry.name}' from what they set first (on the block's page)."
                )

    def _refuse_other_shapes(self, program: Program) -> None:
        """What is drawn number by number must be the same at all places."""
        seen: dict[str, tuple[object, Step]] = {}
        paths = {copy.path + node_id: node_id for copy in self.copies for node_id in self.node_ids}
        for one in all_programs(program):
            for step in one.steps:
                local = paths.get(step.node.id)
                if local is None:
                    continue
                given = tuple(arrival.shapes for arrival in step.arrivals)
                former, other = seen.setdefault(local, (given, step))
                if former != given:
                    raise CompileError(
                        f"'{self.body.node(local).name}' receives {_shapes_text(other)} as '{other.node.name}' and "
                        f"{_shapes_text(step)} as '{step.node.name}': neurons would not be the same at both places. "
                        f"Make one of these places a block of its own first."
                    )

    def refuse_lone_numbers(self) -> None:
        """A neuron that leaves the block by itself is a number outside; a layer in its place would give a vector."""
        for node_id in self.node_ids:
            for wire in self.body.outgoing(node_id):
                port = self.body.node(wire.target)
                if port.kind == "BlockOutput" and len(self.body.incoming(port)) == 1:
                    raise CompileError(
                        f"'{self.body.node(node_id).name}' cannot be folded: it leaves the block at '{port.name}' as "
                        f"one number, and a layer would give a vector. Put an Unflatten before '{port.name}' first."
                    )

    def _current(self, program: Program) -> Weights:
        """All weights as they are now, if the drawing can run: those that were never trained are random at each place.
        Where it cannot, there is no output that could change."""
        try:
            return collect_weights(compile_program(program, self.document.training.seed, self.document.weights))
        except CompileError:
            if len(self.copies) > 1:
                raise
            return dict(self.document.weights)

    def at_each(self, change: Callable[[Document], Any]) -> list[Any]:
        """What a change gives at the open copy, and then (copy, what it gives there); ids are the same in all."""
        first = change(self._drawn(self.copies[0]))
        return [first, *((copy, change(self._drawn(copy))) for copy in self.copies[1:])]

    def _drawn(self, copy: Copy) -> Document:
        drawing = body_drawing(self.body, self.opened.place, self.opened.shapes, self.node_ids)
        weights: Weights = {}
        for start in (copy.owner, copy.path):
            weights |= {name[len(start) :]: array for name, array in self._weights.items() if name.startswith(start)}
        return Document(drawing, self.document.training, weights=weights)

    def brought_back(self, edit: Edit) -> Edit:
        """An edit of the drawing that stood for the body as one of the body."""
        if isinstance(edit, Steps):
            return Steps(tuple(map(self.brought_back, edit.edits)))
        if not isinstance(edit, AddNodes):
            return edit
        nodes = [
            replace(node, order=self.body.fresh_order())
            for node in sorted(edit.nodes, key=lambda node: node.order)
            if self.body.reserve(node.id)
        ]
        return AddNodes(tuple(nodes), tuple(map(self._wire, sorted(edit.wires, key=lambda wire: wire.order))))

    def _wire(self, wire: Wire) -> Wire:
        target = wire.target.partition("/")[0]  # what stood for what arrives at a Delay
        if self.body.has_wire(wire.id):
            return replace(wire, target=target)
        return replace(wire, id=self.body.reserve(wire.id), target=target, order=self.body.fresh_order())

    def edit(self, edit: Edit, weights: Weights) -> WithWeights:
        """The edit of the document."""
        return WithWeights(InDefinition(self.opened.place.kind, edit), weights)


def _started(edit: Edit) -> Weights:
    """The weights that what an edit adds starts with, as trained ones."""
    if isinstance(edit, Steps):
        return {name: value for part in edit.edits for name, value in _started(part).items()}
    if not isinstance(edit, AddNodes):
        return {}
    known = {
        f"{node.id}.bias": numpy.array(node.parameters["bias"], numpy.float32)
        for node in edit.nodes
        if node.kind == "Neuron"
    }
    for wire in edit.wires:
        if isinstance(wire.weight, (int, float)):
            known[f"{wire.id}.weight"] = numpy.array(wire.weight, numpy.float32)
    return known


def _layer(edit: Edit) -> tuple[str, Mapping[str, Any]]:
    """The kind and the parameters of the layer that an edit adds last."""
    added = [node for part in getattr(edit, "edits", (edit,)) if isinstance(part, AddNodes) for node in part.nodes]
    return added[-1].kind, added[-1].parameters


def _shapes_text(step: Step) -> str:
    return " and ".join(shape_text(shape) for shape in step.input_shapes) or "nothing"
