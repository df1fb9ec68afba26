"""An LSTM with peepholes, coupled gates or without a gate, as ONNX's LSTM.

A gate that is missing is written as one that is always open: its weights are 0 and its bias so large that its sigmoid
is 1. Source: onnx.ai, operator LSTM (version 14): attribute input_forget couples the gates; peepholes P of the gates i,
o, f side by side.
"""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.recurrent import ONNX_GATES, Operator, emit_layers
from compiler.program import Step

TORCH_ORDER = ("input", "forget", "cell", "output")
OPEN = 100.0
"""σ(100) is 1 in float32."""


def lstm_variant(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """Write one LSTM operator."""
    values = step.node.parameters
    gates = values["gates"]
    missing = {"all": "", "coupled": "forget"}.get(gates, gates.removeprefix("no ").removesuffix(" gate"))
    suffixes = ("_l0", "_l0_reverse") if values["bidirectional"] else ("_l0",)
    present = [gate for gate in TORCH_ORDER if gate != missing]
    order = [TORCH_ORDER[place] for place in ONNX_GATES]
    hidden = int(values["hidden_size"])

    def by_gate(name: str, suffix: str, gates_of: list[str]) -> dict[str, Array]:
        array = emitter.weights[f"{step.owner}.{name}{suffix}"]
        return dict(zip(gates_of, numpy.split(array.reshape(len(gates_of) * hidden, -1), len(gates_of)), strict=True))

    def stacked(name: str, otherwise: float = 0.0) -> Array:
        found = []
        for suffix in suffixes:
            blocks = by_gate(name, suffix, present) if emitter.has_weight(step, f"{name}{suffix}") else {}
            width = next((block.shape[1] for block in blocks.values()), 1)
            empty = {gate: numpy.full((hidden, width), otherwise if gate == missing else 0.0) for gate in order}
            found.append(numpy.concatenate([(empty | blocks)[gate] for gate in order]))
        return numpy.stack(found).astype(numpy.float32)

    biases = numpy.concatenate([stacked("bias_ih", OPEN), stacked("bias_hh")], axis=1)[:, :, 0]
    layer = [
        emitter.weight(step, "weight_ih_l0", stacked("weight_ih")),
        emitter.weight(step, "weight_hh_l0", stacked("weight_hh")),
        emitter.weight(step, "bias_l0", biases),
    ]
    peepholes = ""
    if values["peepholes"]:
        seeing = [gate for gate in present if gate != "cell"]
        nothing = {gate: numpy.zeros((hidden, 1)) for gate in TORCH_ORDER}
        parts = [nothing | by_gate("peephole", suffix, seeing) for suffix in suffixes]
        p = numpy.stack([numpy.concatenate([part[gate] for gate in order if gate != "cell"])[:, 0] for part in parts])
        peepholes = emitter.weight(step, "peephole_l0", p.astype(numpy.float32))
    coupled = {"input_forget": 1} if gates == "coupled" else {}
    operator = Operator("LSTM", ONNX_GATES, states=2)
    return emit_layers(emitter, step, inputs, what, operator, [layer], peepholes, **coupled)
