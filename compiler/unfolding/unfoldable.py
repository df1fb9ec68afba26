"""Which layers can be unfolded, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.checks import sentence
from compiler.program import Program, Step, lower
from compiler.shapes import shape_text
from compiler.unfolding.fields import windows_of
from compiler.unfolding.limit import MOST_WIRES
from compiler.unfolding.units import sample_shape
from graph_model import CompileError, Graph

KINDS = ("Linear", "Conv1d", "Conv2d", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d")
LEARNED_ACTIVATION = "PReLU"
"""The activation that has a weight of its own: one for a layer, one for each neuron."""


def unfoldable_step(graph: Graph, node_id: str) -> tuple[Program, Step]:
    """Return the drawing's program and in it the step of a layer that can be unfolded; raises CompileError with the
    reason if it cannot."""
    node = graph.node(node_id)
    if node.kind not in KINDS:
        raise CompileError(
            f"{node.kind} '{node.name}' cannot be unfolded into neurons: only {', '.join(KINDS[:-1])} and {KINDS[-1]} "
            f"can."
        )
    this = f"{node.kind} '{node.name}'"
    if node.parameters.get("activation") == LEARNED_ACTIVATION:
        raise CompileError(
            f"{this} cannot be unfolded: its {LEARNED_ACTIVATION} learns one slope for the whole layer, and neurons "
            f"would learn one each. Draw the {LEARNED_ACTIVATION} as a node of its own behind it, or choose another."
        )
    _refuse_what_neurons_lack(node.parameters, this)
    program = lower(graph)
    step = program.by_id[node.id]
    if step.fault is not None:
        reason = sentence(step) if step.fault.reason != "waiting" else "What arrives at it is not known yet."
        raise CompileError(f"{this} cannot be unfolded before its shape is known. {reason}")
    if node.kind == "Linear" and len(step.input_shapes[0]) != 2:
        raise CompileError(
            f"{this} cannot be unfolded: it is applied at every time step of {shape_text(step.input_shapes[0])}, and a "
            f"neuron gives one number for each sample. Put a Flatten before it, or keep it as a layer."
        )
    wires = _wire_count(step)
    if wires > MOST_WIRES:
        raise CompileError(
            f"{this} cannot be unfolded: it would become {wires:,} wires, and at most {MOST_WIRES:,} can be drawn one "
            f"by one. Make the layer or its input smaller."
        )
    _refuse_empty_fields(step, this)
    return program, step


def _refuse_what_neurons_lack(parameters: Mapping[str, Any], this: str) -> None:
    """Refuse variants whose wires or outputs the neurons that come of it would not have."""
    mode = parameters.get("padding_mode", "zeros")
    if mode != "zeros" and parameters["padding"] != 0:
        raise CompileError(
            f"{this} cannot be unfolded with padding_mode {mode}: draw its border as a padding of its own before it."
        )
    if parameters.get("return_indices"):
        raise CompileError(f"{this} cannot be unfolded while it gives indices, which no neuron does.")
    if parameters.get("divisor_override") is not None:
        raise CompileError(f"{this} cannot be unfolded with a divisor_override: leave it empty.")


def _wire_count(step: Step) -> int:
    if step.node.kind == "Linear":
        pruned = step.node.parameters["pruned"] or ()
        return int(step.node.parameters["out_features"]) * sample_shape(step)[-1] - len(pruned)
    return windows_of(step.node.kind, step.node.parameters, sample_shape(step)).wire_count()


def _refuse_empty_fields(step: Step, this: str) -> None:
    """Refuse a layer that sees nothing of its input, and a MaxPool of which a field sees nothing: the largest of no
    numbers is minus infinity, which no neuron gives."""
    if step.node.kind == "Linear":
        return
    axes = windows_of(step.node.kind, step.node.parameters, sample_shape(step)).axes
    widths = [[len(axis.field(index)) for index in range(axis.positions())] for axis in axes]
    enough = min if step.node.kind.startswith("MaxPool") else max
    if any(enough(along) == 0 for along in widths):
        raise CompileError(
            f"{this} cannot be unfolded: its fields lie wholly in the padding. Use a smaller padding or kernel_size."
        )
