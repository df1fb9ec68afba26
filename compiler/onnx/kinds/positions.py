"""What tells each step of a sequence where it stands, in ONNX, at any length."""

from __future__ import annotations

import numpy
from onnx import TensorProto

from compiler.modules.transformer import wave_rates
from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import whole_numbers
from compiler.onnx.kinds.lengths import reshaped, sizes_of
from compiler.program import Step


def positional_encoding(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write the sum with the waves: in double precision, for a late step turns by a large angle."""
    features = int(step.input_shapes[0][-1])
    rates = wave_rates(features).numpy()
    place = emitter.add("Cast", [_places(emitter, step, inputs[0])], step, "places", to=TensorProto.DOUBLE)
    column = reshaped(emitter, step, place, "column", -1, 1)
    angle = emitter.add("Mul", [column, emitter.constant(f"{step.node.name}/rates", rates[None])], step, "angle")
    pairs = [
        reshaped(emitter, step, emitter.add(wave, [angle], step, wave.lower()), f"{wave.lower()}/one", 0, 0, 1)
        for wave in ("Sin", "Cos")
    ]
    together = emitter.add("Concat", pairs, step, "pairs", axis=2)
    flat = reshaped(emitter, step, together, "flat", 0, -1)
    if 2 * len(rates) > features:
        ends = (("from", 0), ("to", features), ("axis", 1))
        bounds = [whole_numbers(emitter, step, f"cut/{name}", number) for name, number in ends]
        flat = emitter.add("Slice", [flat, *bounds], step, "cut")
    waves = emitter.add("Cast", [flat], step, "waves", to=TensorProto.FLOAT)
    return emitter.add("Add", [*inputs, waves], step, what)


def learned_embedding(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write the sum with the learned vectors of the places that there are."""
    table = emitter.weight(step, "weight")
    if step.node.parameters["max_length"] is not None:
        table = emitter.add("Gather", [table, _places(emitter, step, inputs[0])], step, "vectors", axis=0)
    return emitter.add("Add", [*inputs, table], step, what)


def _places(emitter: Emitter, step: Step, sequence: str) -> str:
    """The numbers of the time steps, from 0."""
    time = sizes_of(emitter, step, sequence, "time", 1, 2)
    scalar = emitter.add("Squeeze", [time], step, "time/number")
    zero, one = (emitter.constant(f"{step.node.name}/steps/{n}", numpy.array(n, dtype=numpy.int64)) for n in (0, 1))
    return emitter.add("Range", [zero, scalar, one], step, "steps")
