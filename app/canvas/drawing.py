"""A document's drawing made ready for painting: geometry, texts and values, kept up to date edit by edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.canvas.captions import CaptionBook, CaptionTexts
from app.canvas.geometry import Geometry
from app.canvas.node_form import Form, NodeForm
from app.canvas.node_texts import details, heading, is_scalar_input, sample_numbers, subtitles
from app.canvas.picture import Picture
from app.canvas.sprites import SpriteCache
from app.canvas.value_scale import ValueScale
from app.theme import Theme
from graph_model import Problem
from graph_model.document import Drawn
from graph_model.edits import Edit


class Drawing:
    """What the view shows of a document, or of a block at one place; knows nothing of views."""

    def __init__(self, drawn: Drawn, theme: Theme, sprites: SpriteCache | None = None) -> None:
        self.drawn = drawn
        self.geometry = Geometry()
        self.captions = CaptionBook(self._describe)
        self.shapes: Mapping[tuple[str, int], tuple[Any, ...]] = {}
        self.parameter_counts: Mapping[str, int] = {}
        self.geometry.build(drawn.graph, self.shapes, drawn.weights)
        self.picture = Picture(drawn.graph, self.geometry, theme, self.captions, self.shapes, drawn.weights)
        self.picture.sprites = sprites
        self.picture.sample_numbers = sample_numbers(drawn.graph)

    def take_edit(self, edit: Edit) -> None:
        """Take in an edit that happened."""
        graph = self.drawn.graph
        nodes, wires = edit.touched_nodes(), graph.with_tied(edit.touched_wires())
        self.geometry.update(graph, self.shapes, nodes, wires, self.drawn.weights)
        ends = {end for wire in wires if graph.has_wire(wire) for end in _ends(graph.wire(wire))}
        self.captions.forget(nodes | ends)
        self._number_inputs(nodes)

    def _number_inputs(self, touched: frozenset[str]) -> None:
        """Number the scalar inputs anew if one of them came or went."""
        graph, former = self.drawn.graph, self.picture.sample_numbers
        if any((graph.has_node(node) and is_scalar_input(graph.node(node))) != (node in former) for node in touched):
            self.picture.sample_numbers = numbers = sample_numbers(graph)
            self.captions.forget(numbers)

    def take_shapes(
        self, shapes: Mapping[tuple[str, int], tuple[Any, ...]], counts: Mapping[str, int] | None = None
    ) -> None:
        """Take in what the live check inferred."""
        if shapes == self.shapes and (counts is None or counts == self.parameter_counts):
            return
        self.shapes = self.picture.shapes = dict(shapes)
        self.parameter_counts = dict(counts or {})
        self.captions.forget()
        self.geometry.update_shapes(self.drawn.graph, self.shapes)

    def take_problems(self, problems: Iterable[Problem]) -> None:
        """Mark the nodes that have problems."""
        marked: dict[str, str] = {}
        for problem in problems:
            if problem.node_id is not None and marked.get(problem.node_id) != "error":
                marked[problem.node_id] = problem.severity
        self.picture.marks.problems = marked

    def take_weights(self) -> None:
        """Take in trained weights of neurons and their wires."""
        self.picture.weights = self.drawn.weights
        self.geometry.take_weights(self.drawn.graph, self.drawn.weights)
        self.captions.forget()

    def set_values(
        self,
        values: Mapping[str, float] | None,
        caption: str = "",
        wire_values: Mapping[str, float] | None = None,
    ) -> None:
        """Colour nodes by these values, and wires by their own or by those of the nodes where they arrive; None: no
        longer."""
        self.picture.set_scale(None if values is None else ValueScale(values, caption, wire_values))

    def form(self, identifier: str) -> NodeForm:
        """How a node is drawn."""
        node = self.geometry.nodes.rows[self.geometry.nodes.row_of[identifier]]
        return NodeForm(
            Form(int(node["form"])),
            float(node["width"]),
            float(node["height"]),
            int(node["shown"]),
            int(node["total"]),
            (int(node["map_rows"]), int(node["map_columns"])),
        )

    def _describe(self, identifier: str) -> CaptionTexts:
        graph = self.drawn.graph
        node = graph.node(identifier)
        return CaptionTexts(
            node.name,
            heading(graph, node),
            subtitles(graph, node, self.drawn.weights, self.picture.sample_numbers.get(identifier)),
            details(self.form(identifier), self.shapes.get((identifier, 0)), self.parameter_counts.get(identifier)),
        )


def _ends(wire: Any) -> tuple[str, str]:
    return (wire.source, wire.target)
