"""A Grid LSTM, which ONNX has no operator for: one time step, block by block, in a loop."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.over_time import States, over_time, zeros
from compiler.onnx.kinds.recurrent_cells import memory_after
from compiler.program import Step


def grid_lstm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write the grid in one direction or in both."""
    suffixes = ("", "_reverse") if step.node.parameters["bidirectional"] else ("",)
    readings = [_read(emitter, step, inputs[0], suffix) for suffix in suffixes]
    return emitter.add("Concat", readings, step, what, axis=2)


def _read(emitter: Emitter, step: Step, tensor: str, suffix: str) -> str:
    """Return h of the uppermost layer at each time step."""
    values = step.node.parameters
    layers, hidden = int(values["num_layers"]), int(values["hidden_size"])
    grid = _Grid(emitter, step, suffix, 1 if values["share_weights"] else layers)
    sizes = emitter.constant(f"{step.node.name}/halves{suffix}", numpy.full(2, hidden, numpy.int64))
    part = f"step{suffix}"

    def one_step(states: States, now: str) -> tuple[States, str]:
        after: States = {}
        h, m = emitter.add_several("Split", [now, sizes], step, [f"{part}/h", f"{part}/m"], axis=1)
        for layer in range(layers):
            place, before = f"{part}/layer {layer}", (states[f"h {layer}"], h)
            time = grid.block("time", layer, before, states[f"m {layer}"], place)
            after[f"h {layer}"], after[f"m {layer}"] = time
            h, m = grid.block("depth", layer, before, m, place)
        return after, h

    starts = {
        f"{name} {layer}": zeros(emitter, step, tensor, f"{part}/{name} {layer}", hidden)
        for layer in range(layers)
        for name in "hm"
    }
    return over_time(emitter, step, grid.entering(tensor), starts, one_step, f"{part}/", bool(suffix))[0]


class _Grid:
    """The weights of one direction as tensors, and the blocks that use them."""

    def __init__(self, emitter: Emitter, step: Step, suffix: str, count: int) -> None:
        self.emitter = emitter
        self.step = step
        self.suffix = suffix
        self.count = count
        hidden = int(step.node.parameters["hidden_size"])
        self.tensors: dict[str, tuple[str, str, str]] = {}
        for name in (f"{dimension}_l{layer}" for layer in range(count) for dimension in ("time", "depth")):
            weight = emitter.weights[f"{step.owner}.weight_{name}{suffix}"].T
            own = f"{step.node.id}.weight_{name}{suffix}"
            self.tensors[name] = (
                emitter.constant(f"{own}/time", weight[:hidden]),
                emitter.constant(f"{own}/depth", weight[hidden:]),
                emitter.weight(step, f"bias_{name}{suffix}"),
            )

    def entering(self, tensor: str) -> str:
        """What enters the lowest layer, (batch, time, 2 · hidden)."""
        name = f"{self.step.node.id}.weight_in{self.suffix}"
        weight = self.emitter.constant(name, self.emitter.weights[name].T)
        product = self.emitter.add("MatMul", [tensor, weight], self.step, f"in{self.suffix}/product")
        bias = self.emitter.weight(self.step, f"bias_in{self.suffix}")
        return self.emitter.add("Add", [product, bias], self.step, f"in{self.suffix}")

    def block(self, dimension: str, layer: int, before: tuple[str, str], memory: str, place: str) -> tuple[str, str]:
        """One LSTM along one dimension. Returns its h and m."""
        along_time, along_depth, bias = self.tensors[f"{dimension}_l{layer % self.count}"]
        name, add = f"{place}/{dimension}", self.emitter.add
        z = add("Gemm", [before[1], along_depth, bias], self.step, f"{name}/of depth")
        z = add("Gemm", [before[0], along_time, z], self.step, f"{name}/of both")
        m, show = memory_after(self.emitter, self.step, z, memory, name)
        shown = add("Mul", [show, m], self.step, f"{name}/shown")
        return add("Tanh", [shown], self.step, f"{name}/h"), m
