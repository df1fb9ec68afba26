"""A recurrent layer as ONNX writes it: time comes first, and its gates stand in an order of their own.

Source: onnx.ai, operator LSTM (version 14): gates i, o, f, c; biases Wb and Rb side by side; Y (time, directions,
batch, hidden). Its attribute `layout`, which would put the batch first, onnxruntime does not know.
"""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.program import Step

ONNX_GATES = (0, 3, 1, 2)
"""Where in torch's order (input, forget, cell, output) ONNX's gates are: input, output, forget, cell."""
TORCH_GATES = (0, 2, 3, 1)
"""Where in ONNX's order torch's gates are."""
TIME_FIRST = (1, 0, 2)


def lstm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write an LSTM, one operator for each layer, with its directions' results side by side."""
    values = step.node.parameters
    tensor = emitter.add("Transpose", inputs, step, "time first", perm=TIME_FIRST)
    width = (2 if values["bidirectional"] else 1) * int(values["hidden_size"])
    for layer in range(values["num_layers"]):
        every = _emit_layer(emitter, step, layer, tensor)
        together = emitter.add("Transpose", [every], step, f"layer {layer}/by time", perm=(0, 2, 1, 3))
        shape = emitter.constant(f"{step.node.name}/layer {layer}/shape", numpy.array([0, -1, width], numpy.int64))
        tensor = emitter.add("Reshape", [together, shape], step, f"layer {layer}/h")
    return emitter.add("Transpose", [tensor], step, what, perm=TIME_FIRST)


def _emit_layer(emitter: Emitter, step: Step, layer: int, tensor: str) -> str:
    """Write one layer and return its Y, (time, directions, batch, hidden)."""
    directions = [f"_l{layer}", f"_l{layer}_reverse"] if step.node.parameters["bidirectional"] else [f"_l{layer}"]

    def stacked(parameter: str) -> Array:
        parts = [emitter.weights[f"{step.owner}.{parameter}{direction}"] for direction in directions]
        return numpy.stack([reordered(part, ONNX_GATES) for part in parts])

    given = [emitter.weight(step, f"{name}{directions[0]}", stacked(name)) for name in ("weight_ih", "weight_hh")]
    if step.node.parameters["bias"]:
        biases = numpy.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)
        given.append(emitter.weight(step, f"bias{directions[0]}", biases))
    return emitter.add(
        "LSTM",
        [tensor, *given],
        step,
        f"layer {layer}",
        hidden_size=int(step.node.parameters["hidden_size"]),
        direction="bidirectional" if len(directions) == 2 else "forward",
    )


def reordered(array: Array, gates: tuple[int, ...]) -> Array:
    """Return an array whose first axis has the rows of four gates, with the gates in another order."""
    blocks = numpy.split(array, 4)
    return numpy.concatenate([blocks[gate] for gate in gates])
