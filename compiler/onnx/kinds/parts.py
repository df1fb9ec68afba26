"""Parts of what arrives, as ONNX writes them."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Emitter
from compiler.program import Step

TO_THE_END = 2**31 - 1


def sliced(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """A range along one axis."""
    values = step.node.parameters
    stop = TO_THE_END if values["stop"] is None else values["stop"]
    limits = {"start": values["start"], "stop": stop, "axis": values["dim"], "step": values["step"]}
    given = [_whole_numbers(emitter, step, name, [value]) for name, value in limits.items()]
    return emitter.add("Slice", [*inputs, *given], step, what)


def selected(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """One entry along an axis: a single index takes the axis away."""
    values = step.node.parameters
    index = emitter.constant(f"{step.node.name}/index", numpy.array(values["index"], dtype=numpy.int64))
    return emitter.add("Gather", [*inputs, index], step, what, axis=values["dim"])


def split(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> list[str]:
    """All pieces of an axis."""
    values, count = step.node.parameters, len(step.kind.outputs)
    pieces = [f"piece {number}" for number in range(1, count + 1)]
    if values["sizes"]:
        sizes = _whole_numbers(emitter, step, "sizes", values["sizes"])
        return emitter.add_several("Split", [*inputs, sizes], step, pieces, axis=values["dim"])
    return emitter.add_several("Split", inputs, step, pieces, axis=values["dim"], num_outputs=count)


def expanded(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Axes of size 1 repeated; ONNX leaves an axis as it is where 1 is asked for."""
    sizes = [1, *(1 if size == -1 else size for size in step.node.parameters["sizes"])]
    return emitter.add("Expand", [*inputs, _whole_numbers(emitter, step, "sizes", sizes)], step, what)


def _whole_numbers(emitter: Emitter, step: Step, name: str, values: list[int]) -> str:
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(values, dtype=numpy.int64))
