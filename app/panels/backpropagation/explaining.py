"""What is explained, and in which words, at the present place of the walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.computing import Computing
from app.panels.backpropagation.explanation import Explanation
from app.panels.backpropagation.layer_words import layer_words, loss_words, update_words
from app.panels.backpropagation.neuron_words import neuron_words
from app.panels.backpropagation.walk import Walk
from app.panels.backpropagation.weight_choice import WeightChoice
from app.panels.backpropagation.weights import ChosenWeight, weight_title
from app.panels.backpropagation.wire_words import weight_words, wire_words
from app.session import EditorSession
from app.theme import Theme
from app.training.backpropagation.quantities import LayerNumbers
from app.training.losses.pairing import chosen_loss

if TYPE_CHECKING:
    from app.training.backpropagation.trace import Trace


@dataclass(frozen=True)
class Subject:
    """The node or the wire that is explained; neither: the stage itself."""

    node: str | None = None
    wire: str | None = None

    @classmethod
    def of(cls, session: EditorSession, walk: Walk) -> Subject:
        """The selected wire or node, else the first node whose turn it is."""
        if session.selected_wire_paths:
            return cls(wire=min(session.selected_wire_paths))
        if session.selected_paths:
            return cls(node=min(session.selected_paths))
        stage = walk.stage
        if stage is not None and stage.kind in ("forward", "backward"):
            node = next((node for node in stage.node_ids if session.level.flat.has_node(node)), None)
            return cls(node=node)
        return cls()


class Explaining:
    """Finds the words for a subject."""

    def __init__(self, trace: Trace, walk: Walk, session: EditorSession, computing: Computing) -> None:
        self.trace, self.walk, self.session, self.computing = trace, walk, session, computing

    def show(self, subject: Subject, view: Explanation, weights: WeightChoice, theme: Theme) -> None:
        """Spell out a subject on the page, for a layer with pictures of its weights."""
        if not self.knows(subject):
            view.maps.hide()
            view.show_text(
                page.words("There are no numbers of this: they are being computed, or are not needed."), theme
            )
            return
        if subject.node is None:
            view.maps.hide()
            view.show_text(self.wire(subject.wire) if subject.wire is not None else self.stage(), theme)
            return
        weight, layer = weights.of_layer(subject.node), self.layer_with_weights(subject.node)
        view.maps.setVisible(layer is not None)
        if layer is not None and weight is not None:
            known = self.walk.backward_known(subject.node)
            view.maps.show_layer(layer, weight.parameter, weight.index, known, theme)
        view.show_text(self.node(subject.node, weight, view.is_wide), theme)

    def knows(self, subject: Subject) -> bool:
        """Whether the subject was in the drawing when the numbers were computed: the drawing may be ahead of them."""
        graph = self.session.level.flat
        if subject.wire is not None:
            return self.trace.knows_wire(subject.wire)
        if subject.node is not None:
            return self.trace.knows(graph.node(subject.node))
        return any(self.trace.knows(node) for node in graph.nodes() if not graph.kind_of(node).outputs)

    def node(self, node: str, weight: ChosenWeight | None, is_wide: bool) -> str:
        """A neuron, or a layer with one of its weights."""
        graph = self.session.level.flat
        if graph.kind_of(node).gives_scalar:
            return neuron_words(self.trace.neuron(node), graph, self.walk)
        words = ""
        if weight is not None and self.walk.backward_known(node):
            numbers = self.trace.weight(node, weight.parameter, weight.index)
            is_sequence = len(numbers.terms[0].place) == 1 and graph.node(node).kind == "Linear"
            through_time = is_sequence or numbers.gate is not None
            words = weight_words(numbers, weight_title(weight, graph), through_time, self.computing.check(weight))
        return layer_words(self.trace.layer(node), self.walk, words, is_wide)

    def wire(self, wire: str) -> str:
        """A wire."""
        numbers = self.trace.wire(wire)
        check = None
        if numbers.weight_name is not None and numpy.ndim(numbers.input) == 0 and self.walk.wire_backward_known(wire):
            check = self.computing.check(ChosenWeight(numbers.weight_name, ()))
        return wire_words(numbers, self.session.level.flat, self.walk, check)

    def stage(self) -> str:
        """The loss, the update, or all at once."""
        stage, graph = self.walk.stage, self.session.level.flat
        if stage is not None and stage.kind == "update":
            table = self.computing.first_update
            names = (
                {}
                if table is None
                else {row.name: weight_title(ChosenWeight(row.name, ()), graph) for row in table.rows}
            )
            return update_words(table, graph, names)
        output = next(node for node in graph.nodes() if not graph.kind_of(node).outputs)
        numbers = self.trace.layer(output.id)
        loss, weight = chosen_loss(output, self.session.document.training.loss), output.parameters["loss_weight"]
        text = loss_words(
            self.trace.output,
            self.trace.target,
            self.trace.loss,
            loss.name if weight == 1.0 else f"{weight:g} × {loss.title}",
            numbers.upstream,
        )
        if stage is None:
            text += page.words("Click a neuron, a wire or a layer: its numbers are spelled out here.")
        return text

    def layer_with_weights(self, node: str) -> LayerNumbers | None:
        """The numbers of a layer if it has weights that can be shown as a picture."""
        if self.session.level.flat.kind_of(node).gives_scalar or not self.walk.forward_known(node):
            return None
        numbers = self.trace.layer(node)
        return numbers if numbers.parameters and numbers.gradients else None
