"""Which weights the pages show: those that are selected on the canvas or picked from a layer, else the first ones."""

from __future__ import annotations

from app.panels.backpropagation.computing import Computing
from app.panels.backpropagation.weights import ChosenWeight, first_weights, steepest, weights_of_selection
from app.session import EditorSession


class WeightChoice:
    """Follows the selection of a session, and remembers what was picked by hand."""

    def __init__(self, session: EditorSession, computing: Computing) -> None:
        self.session = session
        self.computing = computing
        self._picked: dict[str, ChosenWeight] = {}
        """Node id -> the weight of a layer that was picked."""

    def pick(self, weight: ChosenWeight) -> None:
        """Choose a weight of a layer."""
        self._picked[weight.owner] = weight

    def forget(self) -> None:
        """Forget what was picked."""
        self._picked.clear()

    def of_layer(self, node: str) -> ChosenWeight | None:
        """The weight of a layer that is spelled out: the picked one, else the one with the largest gradient."""
        graph, trace = self.session.level.flat, self.computing.trace
        if trace is None or graph.kind_of(node).gives_scalar:
            return None
        gradients = {name: array for name, array in trace.gradients().items() if name.partition(".")[0] == node}
        picked = self._picked.get(node)
        if picked is not None and picked.name in gradients:
            shape = gradients[picked.name].shape
            if len(shape) == len(picked.index) and all(at < size for at, size in zip(picked.index, shape, strict=True)):
                return picked
        return next((steepest(name, gradient)[0] for name, gradient in gradients.items()), None)

    def several(self, most: int) -> list[ChosenWeight]:
        """The selected weights, at most so many; without a selection the first ones of the network."""
        trace, session = self.computing.trace, self.session
        if trace is None:
            return []
        gradients = trace.gradients()
        selection, wires = session.selected_paths, session.selected_wire_paths
        found = weights_of_selection(session.level.flat, gradients, selection, wires, self._picked, most)
        return found or first_weights(gradients, trace.stages, most)

    def one(self) -> ChosenWeight | None:
        """The one weight that the selection means, else the first wire of the network, or the steepest of its first
        layer."""
        trace, session = self.computing.trace, self.session
        if trace is None:
            return None
        gradients = trace.gradients()
        of_layers = {node: weight for node in session.selected_paths if (weight := self.of_layer(node)) is not None}
        selection, wires = session.selected_paths, session.selected_wire_paths
        found = weights_of_selection(session.level.flat, gradients, selection, wires, of_layers, 1)
        if found:
            return found[0]
        first = first_weights(gradients, trace.stages, 1)
        return steepest(first[0].name, gradients[first[0].name])[0] if first else None
