"""Whether a model that was written at one length is right at every length of its dynamic axes.

It is if writing it at other lengths gives the same operators and constants. So no emitter is trusted, and what depends
on the length is named.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from compiler.dynamic_axes import Lengths
from compiler.onnx.emitter import Emitter
from compiler.onnx.program import emit_program
from compiler.program import Program
from graph_model import ExportError

Known = Mapping[str, bytes]


def refuse_fixed_lengths(emitter: Emitter, lengths: Lengths) -> None:
    """Raise ExportError, naming the node, if what was written holds for one length of an axis only."""
    if not lengths.axes:
        return
    written = _written(emitter)
    constants = _constants(emitter)
    for (axis, length), program in lengths.samples().items():
        other = Emitter(program, emitter.weights)
        emit_program(other)
        name = _first_different(written, _written(other)) or _first_different(constants, _constants(other))
        if name is not None:
            node = _owner(emitter.program, name)
            raise ExportError(
                f"{node} cannot be written in ONNX for any length of '{axis}': at {length} it is written in another "
                f"way. Take '{axis}' out of the Input's dynamic_axes to export it at one length."
            )


def _written(emitter: Emitter) -> dict[str, bytes]:
    """Each operator in the order of running, by its name."""
    return {node.name: node.SerializeToString(deterministic=True) for node in emitter.nodes}


def _constants(emitter: Emitter) -> dict[str, bytes]:
    """Each constant that is no weight."""
    weights = emitter.written_weights
    constants: list[onnx.TensorProto] = [one for one in emitter.initializers if one.name not in weights]
    return {one.name: one.SerializeToString(deterministic=True) for one in constants}


def _first_different(one: Known, other: Known) -> str | None:
    for name, value in one.items():
        if other.get(name) != value:
            return name
    return next((name for name in other if name not in one), None)


def _owner(program: Program, name: str) -> str:
    """The node whose name an operator's begins with, and its kind."""
    owners = [step for step in program.steps if name == step.node.name or name.startswith(f"{step.node.name}/")]
    if not owners:
        return f"'{name}'"
    step = max(owners, key=lambda owner: len(owner.node.name))
    return f"{step.kind.name} '{step.node.name}'"
