"""Collecting the nodes and initializers of an ONNX graph while the program is walked."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from typing import Any

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from compiler.arrivals import Arrival
from compiler.columns import Column, ColumnPlan, Gathering, Planner, shape_of
from compiler.dynamic_axes import dynamic_axes
from compiler.own_activation import own_activation
from compiler.program import Program, Step
from compiler.shapes import Shape
from graph_model import Node
from graph_model.values import free_name

Array = numpy.ndarray[Any, Any]


class Emitter:
    """Builds one ONNX graph.

    A step's result bears the node's name on the canvas; what lies between is called "<name>/<what>" (a node's name has
    no slash; that of a node inside a block is a path). Neurons of one depth are one operator, as `plan` says: that of a
    single neuron bears its name, others are "column 1", "column 2", ... `around`: the emitter of the graph in which
    this one is a body; `path`: what the names of its columns begin with.
    """

    def __init__(
        self, program: Program, weights: dict[str, Array], around: Emitter | None = None, path: str = ""
    ) -> None:
        self.program = program
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = [] if around is None else around.initializers
        """Those of a graph inside another stand in the outer one, which the inner one sees."""
        self.written_weights: set[str] = set() if around is None else around.written_weights
        """The initializers that are trained weights."""
        self.at_any_length: bool = bool(dynamic_axes(program)) if around is None else around.at_any_length
        """Whether some axes may have any length; the text must then hold for each."""
        self._results: dict[str, str] = {}
        self._owner_of: dict[str, Step | Column] = {}
        self._whole_numbers: dict[str, str] = {}
        self._planner = Planner(program, (step.node.id for step in program.steps))
        self.plan: ColumnPlan = self._planner.plan()
        self.path = path
        taken = {step.node.name for step in program.steps} | {given.name for given in program.inputs}
        self.names: dict[str, str] = {step.node.id: step.node.name for step in program.steps}
        """Node id, or column, -> what its operators are called."""
        for number, column in enumerate(self.plan.columns, start=1):
            single = column.steps[0].node.name
            name = single if len(column.steps) == 1 else free_name(f"{path}column {number}", taken)
            taken.add(name)
            self.names[column.name] = name

    def add(
        self, operator: str, inputs: Sequence[str], owner: Step | Column, what: str | None = None, **attributes: Any
    ) -> str:
        """Add an operator and return its output's name; without `what` it gives the owner's own result."""
        own = self.names[key_of(owner)]
        output = self.result_name(owner) if what is None else f"{own}/{what}"
        name = own if what is None else output
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=name, **attributes))
        return output

    def add_several(
        self, operator: str, inputs: Sequence[str], owner: Step | Column, whats: Sequence[str], **attributes: Any
    ) -> list[str]:
        """Add an operator with several outputs and return their names, one for each of `whats`; "" for an output that
        is not used."""
        own = self.names[key_of(owner)]
        outputs = [f"{own}/{what}" if what else "" for what in whats]
        name = f"{own}/{'_'.join(what for what in whats if what)}"
        self.nodes.append(helper.make_node(operator, list(inputs), outputs, name=name, **attributes))
        return outputs

    @property
    def first_input(self) -> str:
        """The network's first input, for what only looks at the size of the batch."""
        return self.program.inputs[0].name

    def constant(self, name: str, value: Array) -> str:
        """Add an initializer and return its name."""
        self.initializers.append(numpy_helper.from_array(numpy.ascontiguousarray(value).reshape(value.shape), name))
        return name

    def weight(self, step: Step, parameter: str, prepared: Array | None = None) -> str:
        """Add a trained weight of a step as an initializer named as in Document.weights."""
        name = f"{step.owner}.{parameter}"
        if name in self.written_weights:
            return name  # of another step that shares it
        self.written_weights.add(name)
        return self.constant(name, self.weights[name] if prepared is None else prepared)

    def has_weight(self, step: Step, parameter: str) -> bool:
        """Whether a step has such a weight."""
        return f"{step.owner}.{parameter}" in self.weights

    def activation_step(self, owner: Step | Column, name: str, shape: Shape) -> Step:
        """Return the own activation of a layer or a column as a step that takes this shape and gives the owner's
        result."""
        key = f"{key_of(owner)}.activation"
        kind, parameters = own_activation(name)
        self.names[key] = self.names[key_of(owner)]
        self._owner_of[key] = owner
        node = Node(key, kind.name, self.names[key], parameters, (0.0, 0.0), 0)
        weights = f"{self.column_owner(owner) if isinstance(owner, Column) else owner.owner}.activation"
        return Step(node, kind, (Arrival((), False, (shape,)),), (shape,), owner=weights)

    def column_owner(self, column: Column) -> str:
        """What the names of a column's weights begin with: columns are counted in each graph anew."""
        return f"{self.path}{column.name}"

    def result_name(self, owner: Step | Column) -> str:
        """The name of a result: its owner's, or the Output's if it goes there and nowhere else."""
        owner = self._owner_of.get(key_of(owner), owner)
        steps = owner.steps if isinstance(owner, Column) else (owner,)
        outgoing = [wire for step in steps for wire in self.program.graph.outgoing(step.node)]
        targets = {wire.target for wire in outgoing}
        if len(outgoing) == len(steps) and len(targets) == 1 and steps[0].kind.inputs:
            target = self.program.by_id[targets.pop()]
            is_whole = [source.key for source in target.sources] == [step.node.id for step in steps]
            if target.node.kind == "Output" and is_whole:
                return target.node.name
        return self.names[key_of(owner)]

    def remember(self, key: str, tensor: str) -> None:
        """Note which tensor carries the result of a node or a column."""
        self._results[key] = tensor

    def remember_indices(self, key: str, tensor: str, step: Step) -> None:
        """Note which tensor of whole numbers carries indices; everywhere but where indices are taken they are data."""
        self._whole_numbers[key] = tensor
        self._results[key] = self.add("Cast", [tensor], step, "indices_as_data", to=TensorProto.FLOAT)

    def inputs(self, step: Step, arrival: Arrival) -> list[str]:
        """Return the tensors that arrive at a port; single numbers are laid side by side first. "" stands for what does
        not arrive at an optional port."""
        if not arrival.sources:
            return [""]
        if arrival.stacked:
            port = step.arrivals.index(arrival)
            what = f"inputs/{port}" if port else "inputs"
            tensors = [self._numbers(step, tuple(source.key for source in arrival.sources), what)]
        else:
            known = ChainMap(self._whole_numbers, self._results) if arrival.indices else self._results
            tensors = [
                self._numbers(step, (source.key,), f"{source.wire.id}/picked")
                if source.is_scalar
                else known[source.key]
                for source in arrival.sources
            ]
        if not arrival.indices or all(source.key in self._whole_numbers for source in arrival.sources):
            return tensors
        port = step.arrivals.index(arrival)
        return [self.add("Cast", [tensor], step, f"indices/{port}", to=TensorProto.INT64) for tensor in tensors]

    def side_by_side(self, owner: Step | Column, gathering: Gathering, what: str | None = "inputs") -> str:
        """Return what a gathering says: tensors side by side, flat, with some of their columns picked."""
        name = self.names[key_of(owner)]
        tensors: list[str] = []
        for key in gathering.keys:
            tensor = self._results[key]
            if self._planner.is_layer_result(key) and len(shape_of(self.program, key)) != 2:
                tensor = self.add("Flatten", [tensor], owner, f"{what}/{len(tensors)}", axis=1)
            tensors.append(tensor)
        if gathering.picks is None:
            return tensors[0] if len(tensors) == 1 else self.add("Concat", tensors, owner, what, axis=1)
        together = tensors[0] if len(tensors) == 1 else self.add("Concat", tensors, owner, f"{what}/all", axis=1)
        index = self.constant(f"{name}/{what}/picks", gathering.picks)
        return self.add("Gather", [together, index], owner, what, axis=1)

    def _numbers(self, step: Step, results: tuple[str, ...], what: str) -> str:
        gathering = self.plan.gathering(results, self._planner.width_of)
        return self.side_by_side(step, gathering, what)


def key_of(owner: Step | Column) -> str:
    """The key by which a result is remembered."""
    return owner.name if isinstance(owner, Column) else owner.node.id
