"""A drawing becomes a torch.nn.Module: its program is lowered into a torch.fx graph."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import torch
from torch import fx, nn

from compiler.construction import make_module, resolve
from compiler.initialisation import initialise, seeded
from compiler.memory import refuse_what_does_not_fit
from compiler.modules.neurons import Neuron, WeightedWire
from compiler.naming import attribute_names
from compiler.program import Arrival, Program, Source, Step, lower, weight_count
from compiler.weights import apply_weights
from graph_model import CompileError, Graph


class CompiledNetwork(fx.GraphModule):
    """The module of a drawing.

    Its submodules bear the ids of the nodes (`attribute_of` says where nn.Module uses a name itself). Takes one
    tensor (batch, *shape) for each Input, in the order of adding; returns one tensor, or a tuple with one for each
    Output. `node_of_call`: name of an fx node -> id of the drawing's node.
    """

    attribute_of: dict[str, str]
    node_of_call: dict[str, str]
    names: dict[str, str]


def compile_graph(graph: Graph, seed: int = 0, weights: Mapping[str, Any] | None = None) -> CompiledNetwork:
    """Compile a drawing.

    `weights`: name -> array as in Document.weights; those that fit replace the seeded start. Raises CompileError
    with the first problem's sentence if the drawing cannot run.
    """
    from compiler.checks import problems_of

    program = lower(graph)
    errors = [problem for problem in problems_of(program) if problem.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more problems)" if len(errors) > 1 else ""
        raise CompileError(f"{errors[0].message}{more}")
    refuse_what_does_not_fit(program)
    module = _Builder(program, seed).build()
    if weights:
        apply_weights(module, weights)
    return module


class _Builder:
    """Adds one step after the other to an fx graph."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = program
        self.seed = seed
        self.attributes = attribute_names(step.node.id for step in program.steps)
        self.root = nn.Module()
        self.graph = fx.Graph()
        self.values: dict[str, fx.Node] = {}
        self.node_of_call: dict[str, str] = {}

    def build(self) -> CompiledNetwork:
        for step in self.program.inputs:
            self._remember(step, self.graph.placeholder(self.attributes[step.node.id]))
        for step in self.program.steps:
            if step.kind.inputs and step.kind.outputs:
                self._add(step)
        results = [self._inputs(step.arrivals[0])[0] for step in self.program.outputs]
        self.graph.output(results[0] if len(results) == 1 else tuple(results))
        self.graph.lint()
        module = CompiledNetwork(self.root, self.graph, "CompiledNetwork")
        module.attribute_of = self.attributes
        module.node_of_call = self.node_of_call
        module.names = {step.node.id: step.node.name for step in self.program.steps}
        return module

    def _add(self, step: Step) -> None:
        name = self.attributes[step.node.id]
        inputs = [value for arrival in step.arrivals for value in self._inputs(arrival)]
        with seeded(self.seed, step.node.id):
            module = _module(step)
        if module is not None:
            self.root.add_module(name, module)
            value = self.graph.create_node("call_module", name, tuple(inputs), name=name)
        else:
            value = self._call_function(step, inputs, name)
        self._remember(step, value)
        activation = step.node.parameters.get("activation", "Identity")
        if activation != "Identity":
            attribute = self._free_attribute(f"{name}_activation")
            self.root.add_module(attribute, activation_module(activation))
            value = self.graph.create_node("call_module", attribute, (value,), name=attribute)
            self._remember(step, value)

    def _call_function(self, step: Step, inputs: list[fx.Node], name: str) -> fx.Node:
        call = step.kind.torch
        assert call is not None
        assert call.function is not None
        arguments = {argument: step.node.parameters[argument] for argument in call.arguments}
        function = resolve(call.function)
        if call.sequence:
            return self.graph.create_node("call_function", function, (tuple(inputs),), arguments, name=name)
        total = inputs[0]
        for other in inputs[1:]:
            total = self.graph.create_node("call_function", function, (total, other), arguments, name=name)
            self.node_of_call[total.name] = step.node.id
        return total

    def _inputs(self, arrival: Arrival) -> list[fx.Node]:
        """The values that arrive at a port: neurons stacked to (batch, n), or as (batch, 1) beside others."""
        values = [self._value(source) for source in arrival.sources]
        if arrival.stacked:
            return [self._helper(torch.stack, (tuple(values),), {"dim": 1}, arrival)]
        target = self.program.by_id[arrival.sources[0].wire.target]
        if target.kind.weighs_wires:
            return values
        return [
            self._helper(torch.unsqueeze, (value, 1), {}, arrival) if source.is_scalar else value
            for source, value in zip(arrival.sources, values, strict=True)
        ]

    def _helper(self, function: Any, arguments: tuple[Any, ...], named: dict[str, Any], arrival: Arrival) -> fx.Node:
        """A call that belongs to the node where values arrive."""
        target = arrival.sources[0].wire.target
        value = self.graph.create_node(
            "call_function", function, arguments, named, name=f"{self.attributes[target]}_inputs"
        )
        self.node_of_call[value.name] = target
        return value

    def _value(self, source: Source) -> fx.Node:
        value = self.values[source.node.id]
        kind = self.program.by_id[source.node.id].kind
        if len(kind.outputs) == 1:
            return value
        return self.graph.call_function(operator.getitem, (value, source.output))

    def _remember(self, step: Step, value: fx.Node) -> None:
        self.values[step.node.id] = value
        self.node_of_call[value.name] = step.node.id

    def _free_attribute(self, wanted: str) -> str:
        while hasattr(self.root, wanted) or wanted in self.attributes.values():
            wanted += "_"
        return wanted


def activation_module(name: str) -> nn.Module:
    """Make the module of a layer's own activation; Softmax goes over the last axis."""
    return nn.Softmax(dim=-1) if name == "Softmax" else getattr(nn, name)()


def _module(step: Step) -> nn.Module | None:
    if step.kind.weighs_wires:
        return _neuron(step)
    module = make_module(step.kind, step.node.parameters, step.input_shapes)
    if module is not None:
        initialise(module, step.node.parameters)
        module.train()
    return module


def _neuron(step: Step) -> Neuron:
    sources = step.arrivals[0].sources
    wires = [
        WeightedWire(
            source.wire.id,
            weight_count(source),
            source.wire.element,
            is_vector=not source.is_scalar and source.wire.element is None,
        )
        for source in sources
    ]
    neuron = Neuron(wires, step.node.parameters["bias"])
    with torch.no_grad():
        for source, part in zip(sources, neuron.slices().values(), strict=True):
            if source.wire.weight is not None:
                neuron.weight[part] = torch.tensor(source.wire.weight, dtype=neuron.weight.dtype)
    return neuron
