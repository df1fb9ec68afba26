"""The numbers of a trace on the drawing: what each node and wire shows at a stage, and how much changed by a nudge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy

from app.canvas.annotations import Annotations
from app.canvas.value_scale import ValueScale
from app.panels.backpropagation.answer_words import weighed
from app.panels.backpropagation.figures import figure, root_mean_square, short_figure, vector
from app.panels.backpropagation.walk import Walk
from app.training.backpropagation.updates import UpdateTable
from graph_model import Graph

if TYPE_CHECKING:
    from app.training.backpropagation.nudging import Nudge
    from app.training.backpropagation.trace import Trace

Array = numpy.ndarray[Any, Any]
UPDATED_DIGITS = 4
"""A step is small: fewer digits would hide it."""
FEW = 3
"""A vector of so many numbers is written out on the drawing; of a larger one |x|, the root of the mean square."""


class CanvasNumbers:
    """Texts for the canvas from one trace at one place of the walk. Nodes that the trace does not know have none.

    `path`: of what is asked for -> of what is looked at in its place, as the other direction of a block over time.
    """

    def __init__(
        self,
        trace: Trace,
        walk: Walk,
        graph: Graph,
        path: Callable[[str], str] = str,
        update: UpdateTable | None = None,
    ) -> None:
        self.trace, self.walk, self.graph, self.path = trace, walk, graph, path
        self.changes = {} if update is None else {row.name: row for row in update.rows if row.step == 1}

    def annotations(self, with_colours: bool = False) -> Annotations:
        """Everything that the canvas is to show; `with_colours`: nodes coloured by ∂l/∂z."""
        stage = self.walk.stage
        nodes, wires = self.walk.waiting()
        back = frozenset(stage.back_wire_ids) if stage is not None else frozenset()
        is_update = stage is not None and stage.kind == "update"
        return Annotations(
            lines=lambda node: self.lines(self.path(node)),
            label=lambda wire: self.label(self.path(wire)),
            node_note=lambda node: self.node_note(self.path(node)),
            wire_note=lambda wire: self.wire_note(self.path(wire)),
            current_nodes=frozenset(stage.node_ids) if stage is not None and not is_update else frozenset(),
            current_wires=frozenset(stage.wire_ids) | back if stage is not None and not is_update else frozenset(),
            faint_nodes=nodes,
            faint_wires=wires - back,
            scale=ValueScale(self._sizes(), "|∂l/∂z| of this example") if with_colours else None,
        )

    def lines(self, node: str) -> tuple[str, ...]:
        """What stands below a node."""
        if not self._knows(node):
            return ()
        return self._neuron_lines(node) if self._is_scalar(node) else self._layer_lines(node)

    def label(self, wire: str) -> str:
        """What stands on a wire to a neuron."""
        if not self._weighs(wire):
            return ""
        numbers = self.trace.wire(wire)
        if numbers.weight is None or numbers.gradient is None or numpy.size(numbers.weight) > 1:
            return ""
        stage = self.walk.stage
        row = self.changes.get(numbers.weight_name or "")
        if stage is not None and stage.kind == "update" and row is not None:
            return f"{short_figure(row.weight)} → {figure(row.new_weight, UPDATED_DIGITS)}"
        if self.walk.is_backward and self.walk.wire_backward_known(wire):
            return f"∂l/∂w {short_figure(float(numpy.ravel(numbers.gradient)[0]))}"
        if self.walk.wire_forward_known(wire):
            weight, value = float(numpy.ravel(numbers.weight)[0]), float(numpy.ravel(numbers.input)[0])
            return f"{short_figure(weight)} × {short_figure(value)}"
        return ""

    def node_note(self, node: str) -> str:
        """Everything about a node, for its tooltip."""
        if not self._knows(node) or not self.walk.forward_known(node):
            return ""
        if not self._is_scalar(node):
            lines = list(self._layer_lines(node))
            if any(line.startswith("|") for line in lines):
                lines.append("(|x|: root mean square)")
            return "<br>".join(escape(line) for line in lines)
        numbers = self.trace.neuron(node)
        lines = [f"z = {figure(numbers.z, 5)}", f"a = {figure(numbers.a, 5)}"]
        if self.walk.backward_known(node):
            lines += [f"∂l/∂a = {figure(numbers.upstream, 5)}", f"∂l/∂z = {figure(numbers.delta, 5)}"]
        return "<br>".join(lines)

    def wire_note(self, wire: str) -> str:
        """Everything about a wire, for its tooltip."""
        if not self._weighs(wire) or not self.walk.wire_forward_known(wire):
            return ""
        numbers = self.trace.wire(wire)
        if numbers.gradient is None or numpy.size(numbers.input) > 1:
            return ""
        value, delta = float(numpy.ravel(numbers.input)[0]), float(numpy.ravel(numbers.delta)[0])
        if not self.walk.wire_backward_known(wire):
            return f"input x = ∂z/∂w = {figure(value, 5)}"
        gradient = float(numpy.ravel(numbers.gradient)[0])
        return f"x · ∂l/∂z = {figure(value, 5)} · {figure(delta, 5)} = {figure(gradient, 5)} = ∂l/∂w"

    def _is_scalar(self, node: str) -> bool:
        return self.graph.kind_of(node).gives_scalar

    def _knows(self, node: str) -> bool:
        """Whether a node is there and was so when the numbers were computed: the canvas may be ahead of them."""
        return self.graph.has_node(node) and self.trace.knows(self.graph.node(node))

    def _weighs(self, wire: str) -> bool:
        """Whether a wire is there, was so when the numbers were computed, and carries a weight."""
        if not self.graph.has_wire(wire) or not self.trace.knows_wire(wire):
            return False
        return self.graph.kind_of(self.graph.wire(wire).target).weighs_wires

    def _sizes(self) -> dict[str, float]:
        """Node id -> size of ∂l/∂z, as far as the way back has come."""
        if not self.walk.loss_is_known:
            return {}
        sizes: dict[str, float] = {}
        for node in self.graph.nodes():
            if self.graph.kind_of(node).inputs and self._knows(node.id) and self.walk.backward_known(node.id):
                is_scalar = self._is_scalar(node.id)
                delta = self.trace.neuron(node.id).delta if is_scalar else self.trace.layer(node.id).delta
                sizes[node.id] = root_mean_square(numpy.asarray(delta))
        return _changed(sizes)

    def _neuron_lines(self, node: str) -> tuple[str, ...]:
        if not self.walk.forward_known(node):
            return ()
        numbers = self.trace.neuron(node)
        if numbers.kind == "ScalarInput":
            return (short_figure(numbers.a),)
        if numbers.kind == "MaxoutGroup":
            first = f"a = {short_figure(numbers.a)}"
        else:
            first = f"z = {short_figure(numbers.z)}  a = {short_figure(numbers.a)}"
        if not self.walk.is_backward or not self.walk.backward_known(node):
            return (first,)
        return (first, f"∂l/∂z = {short_figure(numbers.delta)}")

    def _layer_lines(self, node: str) -> tuple[str, ...]:
        if not self.walk.forward_known(node):
            return ()
        numbers = self.trace.layer(node)
        end = self.trace.end(node)
        letter = {"Output": "y", "BlockOutput": "y", "Input": "x", "BlockInput": "x"}.get(numbers.kind, "a")
        lines = [_vector_line(letter, numbers.output)]
        if end is not None and self.walk.loss_is_known:
            lines.append(f"loss = {weighed(end.weight, short_figure(end.loss))}")
        if self.walk.loss_is_known and self.walk.backward_known(node):
            if letter == "a" and numbers.activation != "Identity":
                letter = "z"
            lines.append(_vector_line(f"∂l/∂{letter}", numbers.delta))
        return tuple(lines)


def nudge_annotations(
    nudge: Nudge, chosen_wire: str | None, times: Mapping[str, int], path: Callable[[str], str]
) -> Annotations:
    """The change of every node by a nudge, in text and colour; inside blocks over time at these time steps."""

    before, after = nudge.before.at(times), nudge.after.at(times)

    def change_of(node: str) -> Array:
        if node in nudge.differences or not before.graph.has_node(node):
            return numpy.asarray(nudge.differences.get(node, 0.0))
        first, second = before.activation(node), after.activation(node)
        return numpy.zeros(()) if first is None or second is None else numpy.asarray(second - first)

    def lines(node: str) -> tuple[str, ...]:
        change = change_of(path(node))
        return (_vector_line("Δa", change),) if change.any() else ()

    sizes = {node: root_mean_square(numpy.asarray(change)) for node, change in nudge.differences.items()}
    return Annotations(
        lines=lines,
        node_note=lambda node: "<br>".join(lines(node)),
        current_wires=frozenset((chosen_wire,)) if chosen_wire else frozenset(),
        scale=ValueScale(_changed(sizes), "|Δa| by the nudge"),
    )


def _changed(sizes: Mapping[str, float]) -> dict[str, float]:
    """Only what changed at all has a colour: a logarithmic scale has no place for 0."""
    return {node: size for node, size in sizes.items() if size > 0}


def _vector_line(letter: str, values: Array) -> str:
    if values.size <= FEW:
        return f"{letter} = {vector(values)}"
    return f"|{letter}| = {short_figure(root_mean_square(values))}"
