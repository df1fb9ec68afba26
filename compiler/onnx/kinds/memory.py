"""External memory in ONNX's plain operators; over a sequence it is a Scan, whose body is one time step."""

from __future__ import annotations

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import dense, number, product, whole_numbers
from compiler.onnx.kinds.over_time import States, over_time, started, zeros
from compiler.program import Step

SMALLEST_NORM = 1e-8
"""Norms below it count as this, as torch's cosine_similarity has it."""


def read(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write a read and the weights that it was done with."""
    table = _Table(emitter, step, "")
    weights = table.weights("", *inputs)
    return [emitter.add("Identity", [table.read(inputs[0], weights)], step, what), weights]


def write(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write a write."""
    memory, key, strength, erase, add = inputs
    table = _Table(emitter, step, "")
    written = table.written(memory, table.weights("", memory, key, strength), erase, add)
    return emitter.add("Identity", [written], step, what)


class _Table:
    """A memory's operations; what they add is called "<name>/<part>…"."""

    def __init__(self, emitter: Emitter, step: Step, part: str) -> None:
        self.emitter = emitter
        self.step = step
        self.part = part
        self.axes = {axis: whole_numbers(emitter, step, f"{part}axis {axis}", axis) for axis in (1, 2)}
        self.smallest = number(emitter, step, f"{part}smallest norm", SMALLEST_NORM)
        self.one = number(emitter, step, f"{part}one", 1.0)

    def add(self, operator: str, inputs: list[str], what: str, **attributes: float) -> str:
        """Add an operator."""
        return self.emitter.add(operator, inputs, self.step, f"{self.part}{what}", **attributes)

    def weights(self, head: str, memory: str, key: str, strength: str) -> str:
        """Write how much each slot is meant, (batch, slots); `head`: what the operators' names begin with."""
        column = self.add("Unsqueeze", [key, self.axes[2]], f"{head}key")
        products = self.add("MatMul", [memory, column], f"{head}products")
        norms = self.add("ReduceL2", [memory, self.axes[2]], f"{head}slot norms", keepdims=1)
        norm = self.add("ReduceL2", [column, self.axes[1]], f"{head}key norm", keepdims=1)
        norms = self.add("Max", [norms, self.smallest], f"{head}slot norms/not 0")
        norm = self.add("Max", [norm, self.smallest], f"{head}key norm/not 0")
        likeness = self.add("Div", [products, self.add("Mul", [norms, norm], f"{head}norms")], f"{head}cosines/column")
        likeness = self.add("Squeeze", [likeness, self.axes[2]], f"{head}cosines")
        if strength:
            likeness = self.add("Mul", [strength, likeness], f"{head}scores")
        return self.add("Softmax", [likeness], f"{head}weights", axis=1)

    def read(self, memory: str, weights: str) -> str:
        """Write the mean of the slots, (batch, width)."""
        row = self.add("Unsqueeze", [weights, self.axes[1]], "read/weights")
        return self.add("Squeeze", [self.add("MatMul", [row, memory], "read/row"), self.axes[1]], "read")

    def written(self, memory: str, weights: str, erase: str, add: str) -> str:
        """Write the memory after erasing and adding."""
        each = self.add("Unsqueeze", [weights, self.axes[2]], "write/weights")
        if erase:
            row = self.add("Unsqueeze", [erase, self.axes[1]], "erase/row")
            share = self.add("Mul", [each, row], "erase/share")
            memory = self.add("Mul", [memory, self.add("Sub", [self.one, share], "kept/share")], "kept")
        row = self.add("Unsqueeze", [add, self.axes[1]], "add/row")
        return self.add("Add", [memory, self.add("Mul", [each, row], "added")], "written")


def external_memory(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write the loop over time: memory, what was read, and the controller's state go from step to step."""
    values = step.node.parameters
    width, hidden = int(values["memory_width"]), int(values["hidden_size"])
    starts = {
        "memory": started(emitter, step, inputs[0], "memory", emitter.weights[f"{step.owner}.memory"]),
        "read": zeros(emitter, step, inputs[0], "read", width),
        "h": zeros(emitter, step, inputs[0], "h", hidden),
    }
    if values["controller"] == "LSTMCell":
        starts["c"] = zeros(emitter, step, inputs[0], "c", hidden)
    sizes = whole_numbers(emitter, step, "interface/sizes", width, width, width, 1, width, 1)
    table = _Table(emitter, step, "step/")

    def one_step(states: States, now: str) -> tuple[States, str]:
        given = emitter.add("Concat", [now, states["read"]], step, "given", axis=1)
        after = (_lstm_cell if "c" in states else _gru_cell)(emitter, step, given, states)
        parts = ("key", "erase/raw", "add", "strength/raw", "read/key", "read/strength/raw")
        interface = dense(emitter, step, after["h"], "interface")
        key, erase, add, strength, read_key, read_strength = emitter.add_several(
            "Split", [interface, sizes], step, parts, axis=1
        )
        strength = emitter.add("Softplus", [strength], step, "strength")
        read_strength = emitter.add("Softplus", [read_strength], step, "read/strength")
        erase = emitter.add("Sigmoid", [erase], step, "erase")
        weights = table.weights("writing head/", states["memory"], key, strength)
        memory = table.written(states["memory"], weights, erase, add)
        found = table.read(memory, table.weights("reading head/", memory, read_key, read_strength))
        output = dense(emitter, step, emitter.add("Concat", [after["h"], found], step, "h and read", axis=1), "output")
        return {**after, "memory": memory, "read": found}, output

    every, _ = over_time(emitter, step, inputs[0], starts, one_step)
    return emitter.add("Identity", [every], step, what)


def _lstm_cell(emitter: Emitter, step: Step, given: str, states: States) -> States:
    """Write torch.nn.LSTMCell: c = f ⊙ c⁻ + i ⊙ g, h = o ⊙ tanh(c)."""
    total = emitter.add("Add", _both(emitter, step, given, states["h"]), step, "controller/gates")
    gates = emitter.add_several(
        "Split", [total], step, [f"controller/z {gate}" for gate in "ifgo"], axis=1, num_outputs=4
    )
    opened = [
        emitter.add("Tanh" if gate == "g" else "Sigmoid", [tensor], step, f"controller/{gate}")
        for gate, tensor in zip("ifgo", gates, strict=True)
    ]
    kept = emitter.add("Mul", [opened[1], states["c"]], step, "controller/kept")
    new = emitter.add("Mul", [opened[0], opened[2]], step, "controller/new")
    cell = emitter.add("Add", [kept, new], step, "controller/c")
    shown = emitter.add("Tanh", [cell], step, "controller/tanh c")
    return {"h": emitter.add("Mul", [opened[3], shown], step, "controller/h"), "c": cell}


def _gru_cell(emitter: Emitter, step: Step, given: str, states: States) -> States:
    """Write torch.nn.GRUCell: h = n + z ⊙ (h⁻ − n)."""
    split = [
        emitter.add_several(
            "Split", [tensor], step, [f"controller/{of} {gate}" for gate in "rzn"], axis=1, num_outputs=3
        )
        for of, tensor in zip("xh", _both(emitter, step, given, states["h"]), strict=True)
    ]
    reset, update = (
        emitter.add(
            "Sigmoid",
            [emitter.add("Add", [split[0][number], split[1][number]], step, f"controller/z {gate}")],
            step,
            f"controller/{gate}",
        )
        for number, gate in enumerate("rz")
    )
    former = emitter.add("Mul", [reset, split[1][2]], step, "controller/reset h")
    total = emitter.add("Add", [split[0][2], former], step, "controller/z n")
    new = emitter.add("Tanh", [total], step, "controller/n")
    step_back = emitter.add("Sub", [states["h"], new], step, "controller/h less n")
    kept = emitter.add("Mul", [update, step_back], step, "controller/kept")
    return {"h": emitter.add("Add", [new, kept], step, "controller/h")}


def _both(emitter: Emitter, step: Step, given: str, hidden: str) -> list[str]:
    """Write the cell's two linear maps, of what comes and of its own h."""
    weights = emitter.weights
    return [
        product(
            emitter,
            step,
            tensor,
            f"controller/{name}",
            weights[f"{step.owner}.controller.weight_{name}"],
            weights[f"{step.owner}.controller.bias_{name}"],
        )
        for name, tensor in (("ih", given), ("hh", hidden))
    ]
