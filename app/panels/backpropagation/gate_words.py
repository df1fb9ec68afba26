"""What a weight of an LSTM's gate does, and at which time steps its gradient comes about."""

from __future__ import annotations

from collections.abc import Sequence

from app.training.backpropagation.quantities import Gate, WeightTerm

DOES = {
    "input": "which decides how much of the new is let into the memory",
    "forget": "which decides how much of the memory is kept",
    "cell": "which makes what could be remembered",
    "output": "which decides how much of the memory is shown",
}
SIGNS = {"x": "x<sub>t</sub>", "h": "h<sub>t−1</sub>", "1": "1"}
SIGNS_BACKWARDS = {**SIGNS, "h": "h<sub>t+1</sub>"}


def multiplied_sign(gate: Gate) -> str:
    """Return the sign of what a weight multiplies at time step t, as rich text."""
    return (SIGNS_BACKWARDS if gate.backwards else SIGNS)[gate.multiplies]


def gate_words(gate: Gate, index: tuple[int, ...], terms: Sequence[WeightTerm]) -> str:
    """Return in sentences which gate a weight belongs to and how its gradient is a sum over time, as rich text."""
    where = f"unit {gate.unit}" + (f" of layer {gate.layer}" if gate.layer else "")
    reading = ", in the direction that reads from the end" if gate.backwards else ""
    text = f"It belongs to the {gate.gate} gate of {where}{reading}, {DOES[gate.gate]}. {_multiplied(gate, index)} "
    text += f"The same weight is used at all {len(terms)} time steps, so that each adds its product"
    largest = max(terms, key=lambda term: abs(term.product))
    if largest.product == 0:
        return text + "; here they are all 0."
    return text + f"; time step {largest.place[-1] + 1} adds most."


def _multiplied(gate: Gate, index: tuple[int, ...]) -> str:
    """What the weight multiplies, and what ∂l/∂z is."""
    sign = multiplied_sign(gate)
    if gate.multiplies == "x":
        source = "of the input" if gate.layer == 0 else f"that layer {gate.layer - 1} gives"
        what = f"It multiplies {sign}[{index[1]}], number {index[1]} {source} at time step t"
    elif gate.multiplies == "h":
        when = "one step later, which was read before" if gate.backwards else "one step before"
        what = f"It multiplies {sign}[{index[1]}], what unit {index[1]} gave {when} "
        what += "(at the first step read: the initial state, 0 if none is wired)"
    else:
        what = "It is a bias and multiplies 1"
    function = "tanh" if gate.gate == "cell" else "sigmoid"
    return f"{what}; ∂l/∂z is that of what the gate's {function} takes there."
