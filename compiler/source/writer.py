"""A drawing as PyTorch source that runs without GradCanvas.

Nothing from a document is pasted as code: names become identifiers, values are written by repr.
"""

from __future__ import annotations

import functools
from collections import ChainMap
from collections.abc import Sequence
from typing import cast

from compiler.columns import SCALARS, Column, Gathering, Planner, shape_of
from compiler.construction import constructor_arguments, function_arguments
from compiler.index_limits import index_limit
from compiler.making_columns import TiedStarts
from compiler.naming import attribute_names, free_attribute
from compiler.program import Arrival, ModuleInput, Program, Source, Step, lower
from compiler.source.columns import Piece, call, class_texts, construction, gathered, pieces
from compiler.source.own_modules import own_names, own_texts, written_name
from graph_model import CompileError, Document
from graph_model.kind import TorchCall

TAKEN = {
    "self", "torch", "nn", "zipfile", "safetensors", "functional", "Sequence", "Network", "NeuronColumn", "Shared",
    "SideBySide", "load_weights", "math", "PIECES", "NAME", "DESCRIPTION",
}  # fmt: skip

HEAD = '''"""A network drawn with GradCanvas."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional
'''

LOADING = '''
def load_weights(network: Network, document: str) -> None:
    """Load the trained weights out of a .gradcanvas file (needs the package safetensors)."""
    import zipfile

    import safetensors.torch

    with zipfile.ZipFile(document) as archive:
        stored = safetensors.torch.load(archive.read("weights.safetensors"))
    state = network.state_dict()
    for name, (pieces, places) in PIECES.items():
        if all(piece in stored for piece in pieces):
            flat = state[name].reshape(-1).clone()
            flat[places] = torch.cat([stored[piece].reshape(-1) for piece in pieces])
            stored[name] = flat.view_as(state[name])
    network.load_state_dict({name: stored.get(name, value) for name, value in state.items()})

'''


def to_source(document: Document) -> str:
    """Return PyTorch source of a document's network, as text.

    The module's state dict has the names of the compiled module's. Raises CompileError for a drawing with problems.
    """
    from compiler.checks import problems_of

    program = lower(document.graph)
    errors = [problem for problem in problems_of(program) if problem.severity == "error"]
    if errors:
        raise CompileError(errors[0].message)
    return _Writer(program, document.training.seed).text(document)


class _Writer:
    """Writes one program."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = program
        self.seed = seed
        self.layers = [step for step in program.steps if not step.kind.picks_elements]
        calls = [step.kind.call(step.node.parameters) for step in self.layers]
        self.called = [call.module or call.function or "" for call in calls if call is not None]
        taken = TAKEN | own_names(self.called)
        self.attributes = attribute_names(step.node.id for step in self.layers)
        self.planner = Planner(program, (*self.attributes.values(), *(step.node.id for step in program.steps)))
        self.plan = self.planner.plan()
        self.variables = {node_id: f"{name}_" if name in taken else name for node_id, name in self.attributes.items()}
        self.whole_numbers: dict[str, str] = {}
        for step in self.layers:
            variable = self.variables[step.node.id]
            if len(step.kind.outputs) > 1:
                self.variables.update((key, f"{variable}[{number}]") for number, key in enumerate(step.results))
                self._note_indices(step)
        self.variables.update({column.name: column.name for column in self.plan.columns})
        self.inputs = [self._input_name(given) for given in program.inputs]

    def _note_indices(self, step: Step) -> None:
        """Indices stay exact as whole numbers on their way to what takes them; everywhere else they are data."""
        for port, key in zip(step.kind.outputs, step.results, strict=True):
            if port.indices:
                self.whole_numbers[key] = self.variables[key]
                self.variables[key] += f".type_as({self.variables[step.results[0]]})"

    def text(self, document: Document) -> str:
        """Return the whole file."""
        parts = [
            HEAD,
            f"NAME = {document.graph.name!r}\nDESCRIPTION = {document.description!r}\n",
            self._pieces(),
            class_texts(self.plan.columns),
            own_texts(self.called),
            self._network(),
            LOADING,
            self._example(),
        ]
        return "\n".join(part for part in parts if part)

    def _input_name(self, given: ModuleInput) -> str:
        """The variable of one of the network's inputs; also noted for what it feeds."""
        if not given.is_of_scalars:
            return self.variables[given.steps[0].node.id]
        name = free_attribute(given.name, self.planner.taken)
        self.variables[SCALARS] = f"{name}_" if name in TAKEN else name
        return self.variables[SCALARS]

    def _pieces(self) -> str:
        found: dict[str, Piece] = {}
        for column in self.plan.columns:
            found.update(pieces(column))
        for step in self.layers:
            if step.node.parameters.get("activation") == "PReLU":
                name = f"{self.attributes[step.node.id]}_activation.weight"
                found[name] = ([f"{step.node.id}.activation.weight"], [0])
        meaning = "# Parameter -> of which of the document's numbers it consists, and where in it they are."
        return f"{meaning}\nPIECES: dict[str, tuple[list[str], list[int]]] = {found!r}\n"

    def _network(self) -> str:
        lines = ["", "class Network(nn.Module):", '    """The drawing as a module."""', ""]
        lines += ["    def __init__(self) -> None:", "        super().__init__()"]
        tied = TiedStarts()
        for part in self.plan.parts:
            made = construction(part, self.seed, tied) if isinstance(part, Column) else self._construction(part)
            lines += [f"        {line}" for line in made]
        typed = ", ".join(f"{name}: torch.Tensor" for name in self.inputs)
        result = "tuple[torch.Tensor, ...]" if len(self.program.outputs) > 1 else "torch.Tensor"
        lines += ["", f"    def forward(self, {typed}) -> {result}:"]
        shapes = [
            f"{name}: (batch, {_listed(given.shape)})"
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

    def _construction(self, step: Step) -> list[str]:
        name = self.attributes[step.node.id]
        lines: list[str] = []
        values = step.node.parameters
        call = step.kind.call(values)
        if call is not None and call.module is not None:
            arguments = constructor_arguments(call, values, step.call_shapes)
            written = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
            lines.append(f"self.{name} = {written_name(call.module)}({written})")
            lines += self._initialisation(step, name)
        activation = values.get("activation", "Identity")
        if activation != "Identity":
            argument = "dim=-1" if activation == "Softmax" else ""
            lines.append(f"self.{name}_activation = nn.{activation}({argument})")
        if not values.get("trainable", True):
            lines.append(f"self.{name}.requires_grad_(False)")
        return lines

    def _initialisation(self, step: Step, name: str) -> list[str]:
        values = step.node.parameters
        if values.get("forget_bias") is not None and values["bias"]:
            gates = f"{values['hidden_size']} : {2 * values['hidden_size']}"
            return [
                f"for bias_name, bias in self.{name}.named_parameters():",
                '    if bias_name.startswith("bias_"):',
                f'        start = {values["forget_bias"]!r} if bias_name.startswith("bias_ih") else 0.0',
                f"        bias.data[{gates}] = start",
            ]
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
            value = f"self.{self.attributes[step.node.id]}({', '.join(inputs)})"
            value += "" if call is None or call.result is None else f"[{call.result}]"
        if step.node.parameters.get("activation", "Identity") != "Identity":
            value = f"self.{self.attributes[step.node.id]}_activation({value})"
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
        flat = {
            key: not self.planner.is_layer_result(key) or len(shape_of(self.program, key)) == 2
            for key in gathering.keys
        }
        return gathered(gathering, self.variables, flat)

    def _example(self) -> str:
        samples = ", ".join(self._sample(given) for given in self.program.inputs)
        return "\n".join(
            (
                "",
                'if __name__ == "__main__":',
                "    network = Network().eval()",
                '    # load_weights(network, "trained.gradcanvas")',
                "    with torch.no_grad():",
                f"        print(network({samples}))",
                "",
            )
        )

    def _sample(self, given: ModuleInput) -> str:
        limit = index_limit(self.program, given)
        if limit is None:
            return f"torch.randn(1, {_listed(given.shape)})"
        return f"torch.randint({limit}, (1, {_listed(given.shape)})).float()"


def _listed(shape: Sequence[int]) -> str:
    return ", ".join(str(size) for size in shape)
