"""One program as a class of PyTorch source.

Nothing from a document is pasted as code: names become identifiers, values are written by repr.
"""

from __future__ import annotations

import functools
from collections import ChainMap
from collections.abc import Sequence
from typing import cast

from compiler.arrivals import Arrival, Source
from compiler.columns import SCALARS, Column, Gathering, Planner, shape_of
from compiler.construction import function_arguments, make_module
from compiler.making_columns import TiedStarts
from compiler.naming import attribute_names, free_attribute
from compiler.over_time import module_arguments
from compiler.program import ModuleInput, OverTime, Program, Step
from compiler.source.columns import Piece, call, construction, gathered, pieces
from compiler.source.making import making, making_activation
from compiler.source.own_modules import own_names, written_name
from compiler.standard_cells import PLACES, standard_cell
from graph_model.kind import TorchCall

TAKEN = {
    "self", "torch", "nn", "zipfile", "safetensors", "functional", "Sequence", "Network", "NeuronColumn", "Shared",
    "SideBySide", "load_weights", "math", "PIECES", "RENAMED", "NAME", "DESCRIPTION",
}  # fmt: skip


class NetworkClass:
    """The class of one program. `prefix`: what its parameters begin with in the whole network's state dict."""

    def __init__(self, program: Program, seed: int, name: str = "Network", prefix: str = "") -> None:
        self.program = program
        self.seed = seed
        self.name = name
        self.prefix = prefix
        self.layers = [step for step in program.steps if not step.kind.picks_elements]
        calls = [step.kind.call(step.node.parameters) for step in self.layers]
        self.called = [call.module or call.function or "" for call in calls if call is not None]
        if any(step.over_time is not None for step in self.layers):
            self.called.append("compiler.modules.over_time.OverTime")
        taken = TAKEN | own_names(self.called)
        self.attributes = attribute_names(step.owner for step in self.layers)
        self.planner = Planner(program, (*self.attributes.values(), *(step.node.id for step in program.steps)))
        self.plan = self.planner.plan()
        variables = attribute_names(step.node.id for step in self.layers)
        self.variables = {node_id: f"{name}_" if name in taken else name for node_id, name in variables.items()}
        self.whole_numbers: dict[str, str] = {}
        for step in self.layers:
            variable = self.variables[step.node.id]
            if len(step.kind.outputs) > 1:
                self.variables.update((key, f"{variable}[{number}]") for number, key in enumerate(step.results))
                self._note_indices(step)
        self.variables.update({column.name: column.name for column in self.plan.columns})
        self.inputs = [self._input_name(given) for given in program.inputs]
        self.inner = self._inner()
        self.made: set[str] = set()

    def _note_indices(self, step: Step) -> None:
        """Indices stay exact as whole numbers on their way to what takes them; everywhere else they are data."""
        for port, key in zip(step.kind.outputs, step.results, strict=True):
            if port.indices:
                self.whole_numbers[key] = self.variables[key]
                self.variables[key] += f".type_as({self.variables[step.results[0]]})"

    def _input_name(self, given: ModuleInput) -> str:
        """The variable of one of the network's inputs; also noted for what it feeds."""
        if not given.is_of_scalars:
            return self.variables[given.steps[0].node.id]
        name = free_attribute(given.name, self.planner.taken)
        self.variables[SCALARS] = f"{name}_" if name in TAKEN else name
        return self.variables[SCALARS]

    def pieces(self) -> dict[str, Piece]:
        """Parameter -> of which numbers of a document it consists, where it has another name there or several."""
        found: dict[str, Piece] = {}
        for column in self.plan.columns:
            found.update(pieces(column))
        for step in self.layers:
            if step.node.parameters.get("activation") == "PReLU":
                name = f"{self.attributes[step.owner]}_activation.weight"
                found[name] = ([f"{step.owner}.activation.weight"], [0])
        for inside in self.inner:
            found.update((f"{inside.prefix}{name}", piece) for name, piece in inside.pieces().items())
        return found

    def renamed(self) -> dict[str, str]:
        """Parameter or buffer of a layer -> what it is called in a document, where that differs."""
        found: dict[str, str] = {}
        for step in self.layers:
            attribute = self.attributes[step.owner]
            if attribute != step.owner and step.over_time is None:
                module = make_module(step.kind, step.node.parameters, step.call_shapes, device="meta")
                names = () if module is None else module.state_dict()
                found.update((f"{attribute}.{name}", f"{step.owner}.{name}") for name in names)
            if step.over_time is not None:
                starts = range(sum(step.over_time.learned) * len(step.over_time.programs))
                found.update((f"{attribute}.starts.{number}", f"{step.owner}.start_{number}") for number in starts)
        for inside in self.inner:
            found.update((f"{inside.prefix}{name}", document) for name, document in inside.renamed().items())
        return found

    def all_called(self) -> list[str]:
        """The dotted names of all that is called, here and inside."""
        return [*self.called, *(name for inside in self.inner for name in inside.all_called())]

    def all_columns(self) -> list[Column]:
        """All columns of neurons, here and inside."""
        return [*self.plan.columns, *(column for inside in self.inner for column in inside.all_columns())]

    def classes(self) -> str:
        """The text of the classes of what is inside, and then of this one."""
        return "".join(inside.classes() for inside in self.inner) + self._class()

    def _inner(self) -> list[NetworkClass]:
        """The classes of what blocks that are applied over time run at each step."""
        found: list[NetworkClass] = []
        for attribute, step in {self.attributes[step.owner]: step for step in reversed(self.layers)}.items():
            for number, program in enumerate(step.over_time.programs if step.over_time is not None else ()):
                name = f"{self.name}_{attribute}_{step.over_time.directions[number]}"  # type: ignore[union-attr]
                found.append(NetworkClass(program, self.seed, name, f"{attribute}.steps.{number}."))
        return found

    def _class(self) -> str:
        lines = ["", f"class {self.name}(nn.Module):", f'    """{self._meaning()}"""', ""]
        lines += ["    def __init__(self) -> None:", "        super().__init__()"]
        tied = TiedStarts()
        for part in self.plan.parts:
            made = construction(part, self.seed, tied) if isinstance(part, Column) else self._construction(part)
            lines += [f"        {line}" for line in made]
        typed = ", ".join(f"{name}: torch.Tensor" for name in self.inputs)
        result = "tuple[torch.Tensor, ...]" if len(self.program.outputs) > 1 else "torch.Tensor"
        lines += ["", f"    def forward(self, {typed}) -> {result}:"]
        shapes = [
            f"{name}: (batch, {listed(given.shape)})"
            for name, given in zip(self.inputs, self.program.inputs, strict=True)
        ]
        lines.append(f"        # {'; '.join(shapes)}")
        for part in self.plan.parts:
            if isinstance(part, Column):
                lines.append(f"        {part.name} = {call(part, self._gathered(part.gathering))}")
            else:
                lines.append(f"        {self._call(part)}")
        returned = [self._arrival(step.arrivals[0]) for step in self.program.outputs]
        lines.append(f"        return {', '.join(returned)}")
        return "\n".join(lines) + "\n"

    def _meaning(self) -> str:
        return "The drawing as a module." if self.name == "Network" else "What is computed at each time step."

    def _construction(self, step: Step) -> list[str]:
        name = self.attributes[step.owner]
        lines: list[str] = []
        if name in self.made:
            return lines  # another step that shares its weights
        self.made.add(name)
        if step.over_time is not None:
            return self._over_time(name, step.over_time)
        values = step.node.parameters
        call = step.kind.call(values)
        if call is not None and call.module is not None:
            lines.append(f"self.{name} = {making(call, values, step.call_shapes)}")
            lines += self._initialisation(step, name)
        activation = values.get("activation", "Identity")
        if activation != "Identity":
            lines.append(f"self.{name}_activation = {making_activation(activation)}")
        if not values.get("trainable", True):
            lines.append(f"self.{name}.requires_grad_(False)")
        return lines

    def _over_time(self, attribute: str, over_time: OverTime) -> list[str]:
        cell = standard_cell(over_time)
        name = "OverTime" if cell is None else "FusedOverTime"
        steps = ", ".join(f"{self.name}_{attribute}_{direction}()" for direction in over_time.directions)
        arguments = ", ".join(f"{key}={value!r}" for key, value in module_arguments(over_time).items())
        if cell is None:
            return [f"self.{attribute} = {name}([{steps}], {arguments})"]
        lines = [f"self.{attribute} = {name}(", f"    [{steps}],", f"    {arguments},"]
        lines.append(f"    kernel={cell.kernel!r}, states={list(cell.states)}, layout=[")
        for direction in cell.layout:
            rows = (f"        {gates!r},  # {place}" for place, gates in zip(PLACES, direction, strict=True))
            lines += ["    (", *rows, "    ),"]
        return [*lines, "])"]

    def _initialisation(self, step: Step, name: str) -> list[str]:
        values = step.node.parameters
        method = values.get("weight_init", "default")
        if method == "default":
            return []
        argument = {
            "normal": f", std={values.get('weight_init_std')!r}",
            "constant": f", {values.get('weight_init_value')!r}",
            "kaiming_uniform": ", nonlinearity='relu'",
            "kaiming_normal": ", nonlinearity='relu'",
        }.get(method, "")
        lines = [f"nn.init.{method}_(self.{name}.weight{argument})"]
        if values.get("bias"):
            lines.append(f"nn.init.zeros_(self.{name}.bias)")
        return lines

    def _call(self, step: Step) -> str:
        variable = self.variables[step.node.id].removesuffix("[0]")
        call = step.kind.call(step.node.parameters)
        inputs = [text for arrival in step.arrivals for text in self._inputs(arrival)]
        if step.kind.follows_batch:
            inputs = [self.inputs[0]]
        if call is not None and call.function is not None:
            value = self._function_call(step, call, inputs)
        else:
            inputs += ["last=True"] if step.over_time is not None and step.over_time.last else []
            value = f"self.{self.attributes[step.owner]}({', '.join(inputs)})"
            value += "" if call is None or call.result is None else f"[{call.result}]"
        if step.node.parameters.get("activation", "Identity") != "Identity":
            value = f"self.{self.attributes[step.owner]}_activation({value})"
        return f"{variable} = {value}"

    def _function_call(self, step: Step, call: TorchCall, inputs: list[str]) -> str:
        function = written_name(cast(str, call.function))
        arguments = function_arguments(call, step.node.parameters)
        extra = "".join(f", {name}={value!r}" for name, value in arguments.items())
        if call.sequence:
            return f"{function}(({', '.join(inputs)},){extra})"
        if not step.kind.inputs[0].variadic:
            return f"{function}({', '.join(inputs)}{extra})"
        return functools.reduce(lambda total, other: f"{function}({total}, {other}{extra})", inputs)

    def _inputs(self, arrival: Arrival) -> list[str]:
        """What arrives at a port: neurons side by side, or each as a column of its own beside others."""
        if not arrival.sources:
            return ["None"]
        if arrival.stacked:
            texts = [self._side_by_side(arrival.sources)]
        else:
            known = ChainMap(self.whole_numbers, self.variables) if arrival.indices else self.variables
            texts = [
                self._side_by_side((source,)) if source.is_scalar else known[source.key] for source in arrival.sources
            ]
        return [f"{text}.long()" if arrival.indices else text for text in texts]

    def _arrival(self, arrival: Arrival) -> str:
        return self._inputs(arrival)[0]

    def _side_by_side(self, sources: tuple[Source, ...]) -> str:
        return self._gathered(self.plan.gathering((source.key for source in sources), self.planner.width_of))

    def _gathered(self, gathering: Gathering) -> str:
        ranks = {
            key: len(shape_of(self.program, key)) if self.planner.is_layer_result(key) else 2 for key in gathering.keys
        }
        return gathered(gathering, self.variables, ranks)


def listed(shape: Sequence[int]) -> str:
    """Sizes with commas between."""
    return ", ".join(str(size) for size in shape)
