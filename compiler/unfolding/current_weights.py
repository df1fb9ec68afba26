"""The weights that a drawing has now: trained, typed, or those of the seeded start."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy

from compiler.arrivals import weight_count
from compiler.build import compile_program, layer_module
from compiler.making_columns import start_of_neuron
from compiler.program import Program, Step
from compiler.weights import collect_weights
from graph_model import Document, Node, Wire
from graph_model.catalogue.neurons import BIAS_TIE

Array = numpy.ndarray[Any, Any]


class CurrentWeights:
    """Looks weights up. What is neither trained nor typed is drawn as the compiler draws it; only random weights that
    are shared need the whole drawing compiled."""

    def __init__(self, document: Document, program: Program) -> None:
        self.document = document
        self.program = program
        self._of_tie: dict[tuple[str, tuple[int, ...]], Array | None] = {}
        self._bias_of_tie: dict[str, float | None] = {}
        self._starts: dict[str, dict[str, Array]] = {}

    def layer(self, step: Step, name: str, shape: tuple[int, ...]) -> Array:
        """Return a parameter of a layer: "weight" or "bias"."""
        kept = self._kept(f"{step.node.id}.{name}", shape)
        if kept is not None:
            return kept
        if step.node.id not in self._starts:
            module = layer_module(step, self.document.training.seed)
            assert module is not None
            self._starts[step.node.id] = {key: value.numpy() for key, value in module.state_dict().items()}
        return self._starts[step.node.id][name]

    def wire(self, wire: Wire, size: int | None = None) -> Array:
        """Return the weight on a wire: 0-d, or (size,) for a wire that carries a vector.

        Raises CompileError if it is random and shared, and the drawing cannot run.
        """
        known = self.known_wire(wire, size)
        if known is not None:
            return known
        if wire.tie is not None:
            return self._compiled[f"{wire.id}.weight"]
        if wire.target not in self._starts:
            self._starts[wire.target] = self._start_of_neuron(self.program.by_id[wire.target])
        return self._starts[wire.target][wire.id].reshape(() if size is None else (size,))

    def bias(self, neuron: Node) -> float:
        """Return a neuron's bias; raises CompileError if it is shared with others that state another one, and the
        drawing cannot run."""
        known = self.known_bias(neuron)
        return float(self._compiled[f"{neuron.id}.bias"]) if known is None else known

    def known_wire(self, wire: Wire, size: int | None = None) -> Array | None:
        """Return the weight on a wire if it can be told without compiling."""
        shape = () if size is None else (size,)
        if wire.tie is None:
            return self._written(wire, shape)
        key = (wire.tie, shape)
        if key not in self._of_tie:
            self._of_tie[key] = _common([self._written(tied, shape) for tied in self.document.graph.tied(wire.tie)])
        return self._of_tie[key]

    def known_bias(self, neuron: Node) -> float | None:
        """Return a neuron's bias if it can be told without compiling."""
        tie = neuron.parameters[BIAS_TIE]
        if tie is None:
            return self._written_bias(neuron)
        if tie not in self._bias_of_tie:
            sharing = [node for node in self.document.graph.nodes() if node.parameters.get(BIAS_TIE) == tie]
            values = {self._written_bias(node) for node in sharing}
            self._bias_of_tie[tie] = values.pop() if len(values) == 1 else None
        return self._bias_of_tie[tie]

    def _written(self, wire: Wire, shape: tuple[int, ...]) -> Array | None:
        kept = self._kept(f"{wire.id}.weight", shape)
        if kept is not None or wire.weight is None:
            return kept
        return numpy.broadcast_to(numpy.asarray(wire.weight, dtype=numpy.float32), shape)

    def _written_bias(self, neuron: Node) -> float:
        kept = self._kept(f"{neuron.id}.bias", ())
        return float(numpy.float32(neuron.parameters["bias"])) if kept is None else float(kept)

    def _kept(self, name: str, shape: tuple[int, ...]) -> Array | None:
        kept = self.document.weights.get(name)
        return numpy.asarray(kept) if kept is not None and numpy.shape(kept) == shape else None

    def _start_of_neuron(self, step: Step) -> dict[str, Array]:
        sources = step.arrivals[0].sources
        ends = numpy.cumsum([weight_count(source) for source in sources])
        parts = numpy.split(start_of_neuron(step, self.document.training.seed).astype(numpy.float32), ends[:-1])
        return {source.wire.id: part for source, part in zip(sources, parts, strict=True)}

    @cached_property
    def _compiled(self) -> dict[str, Array]:
        seed, weights = self.document.training.seed, self.document.weights
        return collect_weights(compile_program(self.program, seed, weights))


def _common(values: list[Array | None]) -> Array | None:
    first = values[0] if values else None
    if first is None or any(value is None or not numpy.array_equal(value, first) for value in values):
        return None
    return first
