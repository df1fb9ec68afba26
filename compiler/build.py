"""A drawing becomes a torch.nn.Module: its program is lowered into a torch.fx graph."""

from __future__ import annotations

import operator
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from torch import fx, nn

from compiler.arrivals import Arrival, Source
from compiler.columns import Column, Gathering, Planner, key_of_input, shape_of
from compiler.compiled_network import CompiledNetwork
from compiler.construction import function_arguments, make_module, resolve
from compiler.initialisation import initialise, seeded
from compiler.making_columns import TiedStarts, make_column
from compiler.memory import refuse_what_does_not_fit
from compiler.modules.neurons import SideBySide
from compiler.modules.over_time import FusedOverTime, OverTime
from compiler.naming import attribute_names, free_attribute
from compiler.over_time import module_arguments
from compiler.own_activation import activation_module
from compiler.program import OverTime as OverTimePlan
from compiler.program import Program, Step, lower
from compiler.standard_cells import standard_cell
from compiler.weights import apply_weights
from graph_model import CompileError, Graph


def compile_graph(graph: Graph, seed: int = 0, weights: Mapping[str, Any] | None = None) -> CompiledNetwork:
    """Compile a drawing.

    `weights`: name -> array as in Document.weights; those that fit replace the seeded start. Raises CompileError
    with the first problem's sentence if the drawing cannot run.
    """
    return compile_program(lower(graph), seed, weights)


def compile_program(program: Program, seed: int = 0, weights: Mapping[str, Any] | None = None) -> CompiledNetwork:
    """Compile a drawing that was lowered already; see `compile_graph`."""
    from compiler.checks import problems_of

    errors = [problem for problem in problems_of(program) if problem.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more problems)" if len(errors) > 1 else ""
        raise CompileError(f"{errors[0].message}{more}")
    refuse_what_does_not_fit(program)
    module = build(program, seed)
    if weights:
        apply_weights(module, weights)
    return module


def build(program: Program, seed: int) -> CompiledNetwork:
    """Return the module of a program without faults."""
    return _Builder(program, seed).build()


class _Builder:
    """Adds one depth after the other to an fx graph."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = program
        self.seed = seed
        self.attributes = attribute_names(step.owner for step in program.steps if not step.kind.picks_elements)
        self.called: set[str] = set()
        self.planner = Planner(program, (*self.attributes.values(), *(step.node.id for step in program.steps)))
        self.plan = self.planner.plan()
        self.tied_starts: TiedStarts = {}
        self.root = nn.Module()
        self.graph = fx.Graph()
        self.values: dict[str, fx.Node] = {}
        self.whole_numbers: dict[str, fx.Node] = {}
        """Results that are indices, as whole numbers; `values` has them as data."""
        self.nodes_of_call: dict[str, tuple[str, ...]] = {}

    def build(self) -> CompiledNetwork:
        for given in self.program.inputs:
            node_ids = tuple(step.node.id for step in given.steps)
            name = free_attribute(given.name, self.planner.taken) if given.is_of_scalars else self._name(given.steps[0])
            self._remember(key_of_input(given), self.graph.placeholder(name), node_ids)
        for part in self.plan.parts:
            if isinstance(part, Column):
                self._add_column(part)
            else:
                self._add_layer(part)
        results = [self._inputs(step.arrivals[0])[0] for step in self.program.outputs]
        self.graph.output(results[0] if len(results) == 1 else tuple(results))
        self.graph.lint()
        module = CompiledNetwork(self.root, self.graph, "CompiledNetwork")
        module.attribute_of = self.attributes
        module.plan = self.plan
        module.nodes_of_call = self.nodes_of_call
        module.names = {step.node.id: step.node.name for step in self.program.steps}
        return module

    # Columns of neurons

    def _add_column(self, column: Column) -> None:
        self.root.add_module(column.name, make_column(column, self.seed, self.tied_starts))
        node_ids = tuple(step.node.id for step in column.steps)
        tensors = [self._side_by_side(column.gathering, column.name, node_ids)]
        tensors += [self._shared(f"{owner}.weight.value") for owner in column.weights.others]
        tensors += [self._shared(f"{owner}.bias.value") for owner in column.biases.others]
        self._remember(column.name, self._call_module(column.name, tensors), node_ids)
        self._add_activation(column.name, column.name, column.activation, node_ids, len(column.steps))

    def _shared(self, name: str) -> fx.Node:
        return self.graph.create_node("get_attr", name)

    # Layers

    def _add_layer(self, step: Step) -> None:
        name = self._name(step)
        is_new = name not in self.called
        self.called.add(name)
        inputs = [value for arrival in step.arrivals for value in self._inputs(arrival)]
        if step.kind.follows_batch:
            inputs = [self.values[key_of_input(self.program.inputs[0])]]
        module = layer_module(step, self.seed) if is_new else getattr(self.root, name, None)
        if module is not None:
            self.root.add_module(name, module)
            last = {"last": True} if step.over_time is not None and step.over_time.last else {}
            value = self._output_of(step, self._call_module(name, inputs, last))
        else:
            value = self._call_function(step, inputs, name)
        self._remember(step.node.id, value, (step.node.id,))
        if len(step.kind.outputs) > 1:
            self._add_outputs(step, value)
        activation = step.node.parameters.get("activation", "Identity")
        self._add_activation(name, step.node.id, activation, (step.node.id,), is_new=is_new)
        if not step.node.parameters.get("trainable", True):
            _freeze(self.root, name, f"{name}_activation")

    def _add_outputs(self, step: Step, returned: fx.Node) -> None:
        """What leaves each port of a layer with several; indices stay exact as whole numbers, and are data as well."""
        for number, (port, key) in enumerate(zip(step.kind.outputs, step.results, strict=True)):
            value = self.graph.call_function(operator.getitem, (returned, number))
            self._remember(key, value, (step.node.id,))
            if port.indices:
                self.whole_numbers[key] = value
                as_data = self.graph.call_method("type_as", (value, self.values[step.results[0]]))
                self._remember(key, as_data, (step.node.id,))

    def _add_activation(
        self, name: str, key: str, activation: str, node_ids: tuple[str, ...], size: int = 1, is_new: bool = True
    ) -> None:
        if activation != "Identity":
            attribute = f"{name}_activation"
            if is_new:
                self.root.add_module(attribute, activation_module(activation, size))
            self._remember(key, self._call_module(attribute, [self.values[key]]), node_ids)

    def _call_module(
        self, name: str, inputs: Sequence[fx.Node | None], options: dict[str, Any] | None = None
    ) -> fx.Node:
        return self.graph.create_node("call_module", name, tuple(inputs), options, name=name)

    def _output_of(self, step: Step, returned: fx.Node) -> fx.Node:
        """The output among what a module returns."""
        call = step.kind.call(step.node.parameters)
        if call is None or call.result is None:
            return returned
        self.nodes_of_call[returned.name] = (step.node.id,)
        return self.graph.call_function(operator.getitem, (returned, call.result))

    def _call_function(self, step: Step, inputs: Sequence[fx.Node | None], name: str) -> fx.Node:
        call = step.kind.call(step.node.parameters)
        assert call is not None
        assert call.function is not None
        arguments = function_arguments(call, step.node.parameters)
        function = resolve(call.function)
        if call.sequence or not step.kind.inputs[0].variadic:
            given = (tuple(inputs),) if call.sequence else tuple(inputs)
            return self.graph.create_node("call_function", function, given, arguments, name=name)
        total = inputs[0]
        assert total is not None
        for other in inputs[1:]:
            total = self.graph.create_node("call_function", function, (total, other), arguments, name=name)
            self.nodes_of_call[total.name] = (step.node.id,)
        return total

    # What arrives

    def _inputs(self, arrival: Arrival) -> list[fx.Node | None]:
        """The values that arrive at a port: neurons side by side, (batch, n), or as (batch, 1) beside others; None at
        an optional port without a wire."""
        if not arrival.sources:
            return [None]
        if arrival.stacked:
            values = [self._numbers(arrival.sources)]
        else:
            known = ChainMap(self.whole_numbers, self.values) if arrival.indices else self.values
            values = [self._numbers((source,)) if source.is_scalar else known[source.key] for source in arrival.sources]
        return [self._whole(value) if arrival.indices else value for value in values]

    def _whole(self, value: fx.Node) -> fx.Node:
        """Numbers as whole numbers, for what takes indices."""
        whole = self.graph.call_method("long", (value,))
        self.nodes_of_call[whole.name] = self.nodes_of_call.get(value.name, ())
        return whole

    def _numbers(self, sources: tuple[Source, ...]) -> fx.Node:
        """Single numbers as one vector, (batch, n)."""
        target = sources[0].wire.target
        gathering = self.plan.gathering((source.key for source in sources), self.planner.width_of)
        return self._side_by_side(gathering, self._name(self.program.by_id[target]), (target,))

    def _side_by_side(self, gathering: Gathering, owner: str, node_ids: tuple[str, ...]) -> fx.Node:
        tensors = [self.values[key] for key in gathering.keys]
        if len(tensors) == 1 and gathering.picks is None and self._is_flat(gathering.keys[0]):
            return tensors[0]
        name = free_attribute(f"{owner}_inputs", self.planner.taken)
        self.root.add_module(name, SideBySide(None if gathering.picks is None else gathering.picks.tolist()))
        value = self._call_module(name, tensors)
        self.nodes_of_call[value.name] = node_ids[:1]
        return value

    def _is_flat(self, key: str) -> bool:
        return not self.planner.is_layer_result(key) or len(shape_of(self.program, key)) == 2

    def _name(self, step: Step) -> str:
        return self.attributes[step.owner]

    def _remember(self, key: str, value: fx.Node, node_ids: tuple[str, ...]) -> None:
        self.values[key] = value
        self.nodes_of_call[value.name] = node_ids


def layer_module(step: Step, seed: int) -> nn.Module | None:
    """Make the module of a layer with the weights that it starts with, or return None for a plain function."""
    if step.over_time is not None:
        return over_time_module(step.over_time, seed)
    with seeded(seed, step.owner):
        module = make_module(step.kind, step.node.parameters, step.call_shapes)
        if module is not None:
            initialise(module, step.node.parameters)
            module.train()
    return module


def over_time_module(over_time: OverTimePlan, seed: int) -> OverTime:
    """Make the module of a block that is applied over time; a standard cell runs as torch's own."""
    steps = [build(program, seed) for program in over_time.programs]
    arguments = module_arguments(over_time)
    cell = standard_cell(over_time)
    return OverTime(steps, **arguments) if cell is None else FusedOverTime(steps, **arguments, **cell.arguments)


def _freeze(root: nn.Module, *names: str) -> None:
    for name in names:
        part = getattr(root, name, None)
        if isinstance(part, nn.Module):
            part.requires_grad_(False)
