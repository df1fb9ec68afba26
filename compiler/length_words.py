"""Which lengths the dynamic axes of a network may have, in words."""

from __future__ import annotations

from compiler.dynamic_axes import Lengths


def lengths_taken(drawn: int, step: int) -> str:
    """Say what an axis takes that is drawn with a length, and whose lengths differ by multiples of a step."""
    if step == 1:
        return "any length"
    if step == 2:
        return "any odd length" if drawn % 2 else "any even length"
    if drawn % step == 0:
        return f"any multiple of {step}"
    return ", ".join(str(drawn + number * step) for number in range(3)) + ", …"


def axis_lengths(lengths: Lengths) -> dict[str, str]:
    """Name of each axis that can vary -> what it takes."""
    return {
        axis.name: lengths_taken(axis.length, lengths.steps[axis.name])
        for axis in lengths.axes
        if axis.name in lengths.steps
    }


def input_lengths(lengths: Lengths, identifier: str) -> list[str]:
    """Say of each dynamic axis of an Input what it takes, or what keeps it from varying."""
    taken = axis_lengths(lengths)
    hindered = {refusal.axis.name: refusal for refusal in lengths.refusals}
    said = []
    for axis in lengths.axes:
        if all(node != identifier for node, _ in axis.places):
            continue
        if axis.name in taken:
            said.append(f"{axis.name}: {taken[axis.name]}, drawn with {axis.length}")
        elif axis.name in hindered:
            at_fault = hindered[axis.name].step.node.name
            said.append(f"{axis.name}: only {axis.length} so far; '{at_fault}' cannot follow, see Problems")
    return said
