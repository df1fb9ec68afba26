"""What is explained, and in which words, at the present place of the walk."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy

from app.panels.backpropagation import page
from app.panels.backpropagation.explanation import Explanation
from app.panels.backpropagation.figures import figure
from app.panels.backpropagation.layer_words import layer_words, update_words
from app.panels.backpropagation.loss_words import loss_words, output_words
from app.panels.backpropagation.neuron_words import neuron_words
from app.panels.backpropagation.over_time import OverTime
from app.panels.backpropagation.sight import Sight
from app.panels.backpropagation.time_bars import TimeSeries
from app.panels.backpropagation.walk import Walk
from app.panels.backpropagation.weight_choice import WeightChoice
from app.panels.backpropagation.weights import ChosenWeight
from app.panels.backpropagation.wire_words import weight_words, wire_words
from app.theme import Theme
from app.training.backpropagation.quantities import LayerNumbers
from graph_model import TrainingError

if TYPE_CHECKING:
    from app.training.backpropagation.trace import Trace


@dataclass(frozen=True)
class Subject:
    """The node or the wire that is explained; neither: the stage itself."""

    node: str | None = None
    wire: str | None = None

    @classmethod
    def of(cls, sight: Sight, walk: Walk) -> Subject:
        """The selected wire or node, else the first node whose turn it is."""
        if sight.wires:
            return cls(wire=min(sight.wires))
        if sight.nodes:
            return cls(node=min(sight.nodes))
        stage = walk.stage
        if stage is not None and stage.kind in ("forward", "backward"):
            node = next((node for node in stage.node_ids if sight.graph.has_node(node)), None)
            return cls(node=node)
        return cls()


class Explaining:
    """Finds the words for a subject."""

    def __init__(self, trace: Trace, walk: Walk, sight: Sight) -> None:
        self.trace, self.walk, self.sight = trace, walk, sight
        self.session, self.computing = sight.session, sight.computing
        self.over_time = OverTime(trace, walk, sight.graph)
        self._of_layer: TimeSeries | None = None
        """What the time steps add to the weight that was spelled out last, where its layer reads a whole sequence."""

    def show(self, subject: Subject, view: Explanation, weights: WeightChoice, theme: Theme) -> None:
        """Spell out a subject on the page, for a layer with pictures of its weights."""
        if not self.knows(subject):
            view.maps.hide()
            view.bars.show_series(None, theme)
            view.show_text(
                page.words("There are no numbers of this: they are being computed, or are not needed."), theme
            )
            return
        if subject.node is None:
            view.maps.hide()
            view.bars.show_series(None if subject.wire is None else self.over_time.of_wire(subject.wire), theme)
            view.show_text(self.wire(subject.wire) if subject.wire is not None else self.stage(), theme)
            return
        weight, layer = weights.of_layer(subject.node), self.layer_with_weights(subject.node)
        view.maps.setVisible(layer is not None)
        if layer is not None and weight is not None:
            known = self.walk.backward_known(subject.node)
            view.maps.show_layer(layer, weight.parameter, weight.index, known, theme)
        view.show_text(self.node(subject.node, weight, view.is_wide), theme)
        view.bars.show_series(self.over_time.of_node(subject.node, weight) or self._of_layer, theme)

    def knows(self, subject: Subject) -> bool:
        """Whether the subject was in the drawing when the numbers were computed: the drawing may be ahead of them."""
        graph = self.sight.graph
        if subject.wire is not None:
            return self.trace.knows_wire(subject.wire)
        if subject.node is not None:
            return self.trace.knows(graph.node(subject.node))
        return any(self.trace.knows(node) for node in graph.nodes() if not graph.kind_of(node).outputs)

    def node(self, node: str, weight: ChosenWeight | None, is_wide: bool) -> str:
        """A neuron, an Output, or a layer with one of its weights."""
        graph = self.sight.graph
        where = self.over_time.where(node)
        if graph.kind_of(node).gives_scalar:
            return where + neuron_words(self.trace.neuron(node), graph, self.walk)
        end = self.trace.end(node)
        if end is not None and self.walk.backward_known(node):
            return output_words(end, self.trace.ends)
        words = ""
        if weight is not None and self.walk.backward_known(node):
            words = self.weight(node, weight)
        states = self.over_time.states(node) if self.walk.backward_known(node) else ""
        return where + layer_words(self.trace.layer(node), self.walk, states + words, is_wide)

    def weight(self, node: str, weight: ChosenWeight) -> str:
        """One weight of a layer."""
        graph, title = self.sight.graph, self.sight.title_of(weight)
        try:
            numbers = self.trace.weight(node, weight.parameter, weight.index)
        except TrainingError as error:
            gradient = float(self.trace.gradient(weight.name)[weight.index])
            spelled = page.formula(f"∂l/∂w = {page.result(figure(gradient))}")
            return page.section(title) + spelled + page.words(escape(str(error)))
        is_sequence = len(numbers.terms[0].place) == 1 and graph.node(node).kind == "Linear"
        in_block = self.trace.reading(node) is not None
        through_time = is_sequence or (numbers.gate is not None and not in_block)
        if through_time and len(numbers.terms) > 1:
            self._of_layer = self.over_time.of_terms(title, numbers.terms)
        check = self.computing.check(weight)
        together = float(self.trace.gradient(weight.name)[weight.index])
        shared = ""
        if not math.isclose(together, numbers.gradient, rel_tol=1e-9, abs_tol=1e-12):
            shared = page.formula(f"all places that share w together: ∂l/∂w = {page.result(figure(together))}")
        return weight_words(numbers, title, through_time, check, in_block) + shared

    def wire(self, wire: str) -> str:
        """A wire."""
        numbers = self.trace.wire(wire)
        check = None
        if numbers.weight_name is not None and numpy.ndim(numbers.input) == 0 and self.walk.wire_backward_known(wire):
            check = self.computing.check(ChosenWeight(numbers.weight_name, ()))
        return self.over_time.where(wire) + wire_words(numbers, self.sight.graph, self.walk, check)

    def stage(self) -> str:
        """The loss, the update, or all at once."""
        stage, graph = self.walk.stage, self.session.level.flat
        if stage is not None and stage.kind == "update":
            table = self.computing.first_update
            names = (
                {}
                if table is None
                else {row.name: self.sight.title_of(ChosenWeight(row.name, ())) for row in table.rows}
            )
            return update_words(table, graph, names)
        text = loss_words(self.trace.ends, self.trace.loss)
        if stage is None:
            text += page.words("Click a neuron, a wire or a layer: its numbers are spelled out here.")
        return text

    def layer_with_weights(self, node: str) -> LayerNumbers | None:
        """The numbers of a layer if it has weights that can be shown as a picture."""
        if self.sight.graph.kind_of(node).gives_scalar or not self.walk.forward_known(node):
            return None
        numbers = self.trace.layer(node)
        return numbers if numbers.parameters and numbers.gradients else None
