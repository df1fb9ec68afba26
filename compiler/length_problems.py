"""What keeps an axis from having any length, in words, and the edit that gives it one length again."""

from __future__ import annotations

from compiler.dynamic_axes import DynamicAxis, Refusal
from compiler.program import Program
from compiler.shapes import shape_text
from graph_model import Fix, Problem
from graph_model.edits import Sequence, SetParameters
from graph_model.parameters import NAMELESS, axis_names


def length_problem(program: Program, refusal: Refusal, reason: str) -> Problem:
    """Return the problem. `reason`: what is wrong with the node at fault at the other length, "" if nothing is but that
    it would need other weights."""
    node = refusal.step.node
    return Problem("error", node.name, _sentence(refusal, reason), (_fix(program, refusal.axis),), node.id)


def _sentence(refusal: Refusal, reason: str) -> str:
    axis, this = refusal.axis, f"{refusal.step.kind.name} '{refusal.step.node.name}'"
    if refusal.at is None:
        return (
            f"{this} has an axis '{axis.name}' that is not {axis.length} long, as it is in another Input: axes of one "
            "name have one length."
        )
    if reason:
        return f"The axis '{axis.name}' cannot have any length. At {refusal.at} instead of {axis.length}: {reason}"
    if refusal.step.kind.picks_elements:
        return (
            f"The axis '{axis.name}' cannot have any length: {this} takes numbers one by one, of which there would be "
            f"as many as it is long. Put a node before it that gives the same shape at every length, such as the mean "
            f"over it."
        )
    came = ", ".join(shape_text(shape) for shape in refusal.step.call_shapes if shape is not None)
    return (
        f"The axis '{axis.name}' cannot have any length: {this} would need other weights for each. At {refusal.at} it "
        f"receives {came}. Put a node before it that gives the same shape at every length, such as the mean over it."
    )


def _fix(program: Program, axis: DynamicAxis) -> Fix:
    edits = []
    for identifier, number in axis.places:
        names = axis_names(program.by_id[identifier].node.parameters["dynamic_axes"])
        names[number] = ""
        written = ", ".join(name or NAMELESS for name in names) if any(names) else ""
        edits.append(SetParameters(identifier, {"dynamic_axes": written}))
    return Fix(f"Keep '{axis.name}' as long as it is drawn", Sequence(tuple(edits)))
