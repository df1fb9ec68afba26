"""A drawing as PyTorch source that runs without GradCanvas.

Nothing from a document is pasted as code: names become identifiers, values are written by repr.
"""

from __future__ import annotations

from typing import Any

from compiler.construction import constructor_arguments
from compiler.naming import attribute_names
from compiler.program import Arrival, Program, Step, lower, weight_count
from graph_model import CompileError, Document

TAKEN = {"self", "torch", "nn", "zipfile", "safetensors", "Network", "Neuron", "load_weights", "WIRES"}

NEURON = '''
class Neuron(nn.Module):
    """A single neuron: the weighted sum of the columns of (batch, n) plus a bias."""

    def __init__(self, weights: list[float | None], bias: float) -> None:
        super().__init__()
        bound = 1.0 / max(1, len(weights)) ** 0.5
        start = [torch.empty(1).uniform_(-bound, bound).item() if w is None else w for w in weights]
        self.weight = nn.Parameter(torch.tensor(start))
        self.bias = nn.Parameter(torch.tensor(bias))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.mv(inputs, self.weight) + self.bias

'''

LOADING = '''
def load_weights(network: Network, document: str) -> None:
    """Load the trained weights out of a .gradcanvas file (needs the package safetensors)."""
    import zipfile

    import safetensors.torch

    with zipfile.ZipFile(document) as archive:
        stored = safetensors.torch.load(archive.read("weights.safetensors"))
    for neuron, wires in WIRES.items():
        if all(f"{wire}.weight" in stored for wire in wires):
            stored[f"{neuron}.weight"] = torch.cat([stored[f"{wire}.weight"].reshape(-1) for wire in wires])
    state = network.state_dict()
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
    return _Writer(program).text(document)


class _Writer:
    """Writes one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.attributes = attribute_names(step.node.id for step in program.steps)
        self.variables = {node_id: f"{name}_" if name in TAKEN else name for node_id, name in self.attributes.items()}
        self.has_neurons = any(step.kind.weighs_wires for step in program.steps)

    def text(self, document: Document) -> str:
        """Return the whole file."""
        parts = [
            '"""A network drawn with GradCanvas."""\n\nimport torch\nfrom torch import nn\n',
            f"NAME = {document.graph.name!r}\nDESCRIPTION = {document.description!r}\n",
            self._wires(),
            NEURON if self.has_neurons else "",
            self._network(),
            LOADING,
            self._example(),
        ]
        return "\n".join(part for part in parts if part)

    def _wires(self) -> str:
        wires = {
            self.attributes[step.node.id]: [source.wire.id for source in step.sources]
            for step in self.program.steps
            if step.kind.weighs_wires
        }
        meaning = "# Neuron -> the wires of the document that carry its weights, in order."
        return f"{meaning}\nWIRES: dict[str, list[str]] = {wires!r}\n"

    def _network(self) -> str:
        lines = ["", "class Network(nn.Module):", '    """The drawing as a module."""', ""]
        lines += ["    def __init__(self) -> None:", "        super().__init__()"]
        for step in self.program.steps:
            lines += [f"        {line}" for line in self._construction(step)]
        names = ", ".join(self.variables[step.node.id] for step in self.program.inputs)
        typed = ", ".join(f"{self.variables[step.node.id]}: torch.Tensor" for step in self.program.inputs)
        several = len(self.program.outputs) > 1
        result = "tuple[torch.Tensor, ...]" if several else "torch.Tensor"
        lines += ["", f"    def forward(self, {typed}) -> {result}:"]
        shapes = [
            f"{self.variables[s.node.id]}: (batch, {_listed(s.node.parameters['shape'])})" for s in self.program.inputs
        ]
        lines.append(f"        # {'; '.join(shapes)}" if names else "")
        for step in self.program.steps:
            lines += [f"        {line}" for line in self._call(step)]
        returned = [self._arrival(step, step.arrivals[0]) for step in self.program.outputs]
        lines.append(f"        return {', '.join(returned)}")
        return "\n".join(lines) + "\n"

    def _construction(self, step: Step) -> list[str]:
        name = self.attributes[step.node.id]
        lines: list[str] = []
        if step.kind.weighs_wires:
            lines.append(f"self.{name} = Neuron({_weights(step)!r}, {float(step.node.parameters['bias'])!r})")
        elif step.kind.torch is not None and step.kind.torch.module is not None:
            arguments = constructor_arguments(step.kind, step.node.parameters, step.input_shapes)
            written = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
            lines.append(f"self.{name} = {step.kind.torch.module.removeprefix('torch.')}({written})")
            lines += self._initialisation(step, name)
        activation = step.node.parameters.get("activation", "Identity")
        if activation != "Identity":
            argument = "dim=-1" if activation == "Softmax" else ""
            lines.append(f"self.{name}_activation = nn.{activation}({argument})")
        return lines

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

    def _call(self, step: Step) -> list[str]:
        if not step.kind.inputs or not step.kind.outputs:
            return []
        variable = self.variables[step.node.id]
        call = step.kind.torch
        if call is not None and call.function is not None:
            inputs = self._inputs(step)
            extra = "".join(f", {name}={step.node.parameters[name]!r}" for name in call.arguments)
            joined = f"({', '.join(inputs)},)"
            value = f"{call.function}({joined}{extra})" if call.sequence else " + ".join(inputs)
        else:
            value = f"self.{self.attributes[step.node.id]}({self._arrival(step, step.arrivals[0])})"
        if step.node.parameters.get("activation", "Identity") != "Identity":
            value = f"self.{self.attributes[step.node.id]}_activation({value})"
        return [f"{variable} = {value}"]

    def _inputs(self, step: Step) -> list[str]:
        """What arrives, each neuron as a column of its own."""
        return [
            f"{self.variables[source.node.id]}.unsqueeze(1)" if source.is_scalar else self.variables[source.node.id]
            for arrival in step.arrivals
            for source in arrival.sources
        ]

    def _arrival(self, step: Step, arrival: Arrival) -> str:
        """What arrives at one port, as one tensor."""
        if arrival.stacked:
            return f"torch.stack(({', '.join(self.variables[s.node.id] for s in arrival.sources)},), dim=1)"
        if not step.kind.weighs_wires:
            return self._inputs(step)[0]
        columns = []
        for source, text in zip(arrival.sources, self._inputs(step), strict=True):
            element = source.wire.element
            columns.append(text if element is None else f"{text}[:, {element}:{element + 1}]")
        return columns[0] if len(columns) == 1 else f"torch.cat(({', '.join(columns)}), dim=1)"

    def _example(self) -> str:
        samples = ", ".join(f"torch.randn(1, {_listed(s.node.parameters['shape'])})" for s in self.program.inputs)
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


def _weights(step: Step) -> list[float | None]:
    weights: list[float | None] = []
    for source in step.sources:
        given: Any = source.wire.weight
        count = weight_count(source)
        weights += list(given) if isinstance(given, tuple) else [given] * count
    return weights


def _listed(shape: list[int]) -> str:
    return ", ".join(str(size) for size in shape)
