"""Changes of shape as ONNX writes them. What an axis was stays unsaid, so that it may have any length."""

from __future__ import annotations

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import whole_numbers
from compiler.onnx.kinds.lengths import Size, reshaped, sizes_of
from compiler.program import Step


def flatten(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Some axes as one."""
    rank = len(step.input_shapes[0])
    start, end = (step.node.parameters[name] % rank for name in ("start_dim", "end_dim"))
    if (start, end) == (1, rank - 1):
        return emitter.add("Flatten", inputs, step, what, axis=1)
    rest = [sizes_of(emitter, step, inputs[0], "rest", end + 1)] if end < rank - 1 else []
    return reshaped(emitter, step, inputs[0], what, *[0] * start, -1, *rest)


def unflatten(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One axis as several; a single axis behind it is what is left."""
    rank = len(step.input_shapes[0])
    values = step.node.parameters
    dim = values["dim"] % rank
    rest: list[Size] = [-1] if dim == rank - 2 else []
    if dim < rank - 2:
        rest = [sizes_of(emitter, step, inputs[0], "rest", dim + 1)]
    return reshaped(emitter, step, inputs[0], what, *[0] * dim, *values["unflattened_size"], *rest)


def reshape(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Another shape of a sample's numbers; the batch stays."""
    return reshaped(emitter, step, inputs[0], what, 0, *step.node.parameters["shape"])


def squeeze(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """An axis of size 1 goes away."""
    return emitter.add("Squeeze", [*inputs, _axis(emitter, step)], step, what)


def unsqueeze(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """An axis of size 1 comes in."""
    return emitter.add("Unsqueeze", [*inputs, _axis(emitter, step)], step, what)


def _axis(emitter: Emitter, step: Step) -> str:
    return whole_numbers(emitter, step, "axis", step.node.parameters["dim"])
