"""One time step of a recurrent layer, written with plain operators.

Source: pytorch.org, RNNCell, GRUCell and LSTMCell.
"""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def rnn_cell(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """h = σ(Wⁱx + Wʰh⁻ + b)."""
    z = _sum(emitter, step, inputs[0], inputs[1])
    return emitter.add("Tanh" if step.node.parameters["nonlinearity"] == "tanh" else "Relu", [z], step, what)


def gru_cell(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """h = z⊙h⁻ + (1−z)⊙h̃, written h̃ + z⊙(h⁻ − h̃)."""
    x, before = inputs
    sizes = emitter.constant(f"{step.node.name}/sizes", numpy.full(3, step.node.parameters["hidden_size"], numpy.int64))
    from_x, from_h = (
        emitter.add_several(
            "Split",
            [_product(emitter, step, tensor, name), sizes],
            step,
            [f"{gate} from {name}" for gate in ("reset", "update", "new")],
            axis=1,
        )
        for tensor, name in ((x, "ih"), (before, "hh"))
    )

    def gate(number: int, name: str) -> str:
        z = emitter.add("Add", [from_x[number], from_h[number]], step, f"{name}/z")
        return emitter.add("Sigmoid", [z], step, name)

    used = emitter.add("Mul", [gate(0, "reset"), from_h[2]], step, "used")
    new = emitter.add("Tanh", [emitter.add("Add", [from_x[2], used], step, "new/z")], step, "new")
    if before:
        change = emitter.add("Sub", [before, new], step, "change")
    else:
        change = emitter.add("Neg", [new], step, "change")
    kept = emitter.add("Mul", [gate(1, "update"), change], step, "kept")
    return emitter.add("Add", [new, kept], step, what)


def lstm_cell(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """c = zᶠ⊙c⁻ + zⁱ⊙z, h = zᵒ⊙tanh(c)."""
    z = _sum(emitter, step, inputs[0], inputs[1])
    c, show = memory_after(emitter, step, z, inputs[2], "gates")
    shown = emitter.add("Tanh", [c], step, "shown")
    return [emitter.add("Mul", [show, shown], step, what), c]


def memory_after(emitter: Emitter, step: Step, z: str, before: str, name: str) -> tuple[str, str]:
    """Write the gates of an LSTM on their z, (batch, 4 · hidden_size); return c and the output gate.

    `before`: c⁻, or "" where it is 0.
    """
    sizes = emitter.constant(
        f"{step.node.name}/{name}/sizes", numpy.full(4, step.node.parameters["hidden_size"], numpy.int64)
    )
    parts = emitter.add_several("Split", [z, sizes], step, [f"{name}/z {gate}" for gate in "ifco"], axis=1)
    take, keep, new, show = (
        emitter.add("Tanh" if gate == "c" else "Sigmoid", [part], step, f"{name}/{gate}")
        for gate, part in zip("ifco", parts, strict=True)
    )
    c = emitter.add("Mul", [take, new], step, f"{name}/taken")
    if before:
        kept = emitter.add("Mul", [keep, before], step, f"{name}/kept")
        c = emitter.add("Add", [kept, c], step, f"{name}/memory")
    return c, show


def _sum(emitter: Emitter, step: Step, x: str, h: str) -> str:
    """Wⁱx + Wʰh⁻ + b."""
    terms = [_product(emitter, step, x, "ih"), _product(emitter, step, h, "hh")]
    return emitter.add("Add", terms, step, "z")


def _product(emitter: Emitter, step: Step, tensor: str, name: str) -> str:
    """W · tensor + b; what is not wired is 0."""
    has_bias = emitter.has_weight(step, f"bias_{name}")
    if not tensor:
        rows = emitter.weights[f"{step.owner}.weight_{name}"].shape[0]
        zeros = numpy.zeros(rows, dtype=numpy.float32)
        value = emitter.weights[f"{step.owner}.bias_{name}"] if has_bias else zeros
        return emitter.constant(f"{step.node.name}/nothing/{name}", value.reshape(1, -1))
    given = [tensor, emitter.weight(step, f"weight_{name}")]
    given += [emitter.weight(step, f"bias_{name}")] if has_bias else []
    return emitter.add("Gemm", given, step, f"product/{name}", transB=1)
