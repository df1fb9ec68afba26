"""Collecting the nodes and initializers of an ONNX graph while the program is walked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
import onnx
from onnx import helper, numpy_helper

from compiler.program import Arrival, Program, Step

Array = numpy.ndarray[Any, Any]


class Emitter:
    """Builds one ONNX graph.

    A step's result bears the node's name on the canvas; what lies between is called "<name>/<what>" (a node's name
    has no slash). A neuron's result is (batch, 1) here.
    """

    def __init__(self, program: Program, weights: dict[str, Array]) -> None:
        self.program = program
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._results: dict[str, str] = {}

    def add(self, operator: str, inputs: Sequence[str], step: Step, what: str | None = None, **attributes: Any) -> str:
        """Add an operator and return its output's name; without `what` it gives the step's own result."""
        output = self.result_name(step) if what is None else f"{step.node.name}/{what}"
        name = step.node.name if what is None else output
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=name, **attributes))
        return output

    def constant(self, name: str, value: Array) -> str:
        """Add an initializer and return its name."""
        self.initializers.append(numpy_helper.from_array(numpy.ascontiguousarray(value).reshape(value.shape), name))
        return name

    def weight(self, step: Step, parameter: str, prepared: Array | None = None) -> str:
        """Add a trained weight of a step as an initializer named as in Document.weights."""
        name = f"{step.node.id}.{parameter}"
        return self.constant(name, self.weights[name] if prepared is None else prepared)

    def has_weight(self, step: Step, parameter: str) -> bool:
        """Whether a step has such a weight."""
        return f"{step.node.id}.{parameter}" in self.weights

    def result_name(self, step: Step) -> str:
        """The name of a step's result: its own, or the Output's if it goes there and nowhere else."""
        outgoing = self.program.graph.outgoing(step.node)
        if len(outgoing) == 1 and step.kind.inputs and not step.kind.gives_scalar:
            target = self.program.by_id[outgoing[0].target]
            if target.node.kind == "Output":
                return target.node.name
        return step.node.name

    def remember(self, step: Step, tensor: str) -> None:
        """Note which tensor carries a step's result."""
        self._results[step.node.id] = tensor

    def inputs(self, step: Step, arrival: Arrival) -> list[str]:
        """Return the tensors that arrive at a port; stacked neurons are concatenated first."""
        tensors = [self._results[source.node.id] for source in arrival.sources]
        if not arrival.stacked:
            return tensors
        what = None if not step.kind.outputs else "inputs"
        return [self.add("Concat", tensors, step, what, axis=1)]
