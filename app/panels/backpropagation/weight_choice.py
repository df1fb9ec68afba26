"""Which weights the pages show: those that are selected on the canvas or picked from a layer, else the first ones."""

from __future__ import annotations

from app.panels.backpropagation.sight import Sight
from app.panels.backpropagation.weights import ChosenWeight, first_weights, steepest, weights_of_selection


class WeightChoice:
    """Follows the selection, and remembers what was picked by hand."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self._picked: dict[str, ChosenWeight] = {}
        """What owns the weights of a layer -> the one that was picked."""

    def pick(self, weight: ChosenWeight) -> None:
        """Choose a weight of a layer."""
        self._picked[weight.owner] = weight

    def forget(self) -> None:
        """Forget what was picked."""
        self._picked.clear()

    def of_layer(self, node: str) -> ChosenWeight | None:
        """The weight of a layer that is spelled out: the picked one, else the one with the largest gradient."""
        trace = self.sight.computing.trace
        if trace is None or self.sight.graph.kind_of(node).gives_scalar:
            return None
        owner = self.sight.owner_of(node)
        gradients = {name: array for name, array in trace.gradients().items() if name.partition(".")[0] == owner}
        picked = self._picked.get(owner)
        if picked is not None and picked.name in gradients:
            shape = gradients[picked.name].shape
            if len(shape) == len(picked.index) and all(at < size for at, size in zip(picked.index, shape, strict=True)):
                return picked
        return next((steepest(name, gradient)[0] for name, gradient in gradients.items()), None)

    def several(self, most: int) -> list[ChosenWeight]:
        """The selected weights, at most so many; without a selection the first ones of the network."""
        trace, sight = self.sight.computing.trace, self.sight
        if trace is None:
            return []
        gradients = trace.gradients()
        picked = {node: self._picked[owner] for node in sight.nodes if (owner := sight.owner_of(node)) in self._picked}
        found = weights_of_selection(sight.graph, gradients, sight.nodes, sight.wires, picked, sight.owner_of, most)
        return found or first_weights(gradients, trace.stages, trace.owner_of, most)

    def one(self) -> ChosenWeight | None:
        """The one weight that the selection means, else the first wire of the network, or the steepest of its first
        layer."""
        trace, sight = self.sight.computing.trace, self.sight
        if trace is None:
            return None
        gradients = trace.gradients()
        of_layers = {node: weight for node in sight.nodes if (weight := self.of_layer(node)) is not None}
        found = weights_of_selection(sight.graph, gradients, sight.nodes, sight.wires, of_layers, sight.owner_of, 1)
        if found:
            return found[0]
        first = first_weights(gradients, trace.stages, trace.owner_of, 1)
        return steepest(first[0].name, gradients[first[0].name])[0] if first else None
